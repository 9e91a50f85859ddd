/** Vectors of contracts built from an offer: `build-*` of the folder they stand in. */
import { buildOffer, computeCommitment, type SignedEvent } from '@realyield/protocol';
import {
  hashOf,
  inThree,
  legalTerms,
  offerDocument,
  publicOf,
  relays,
  signAs,
} from '../fixtures/loan.ts';
import { START } from './contracts.ts';
import { finish, type Cases, type Vector } from './vector.ts';

/** Terms from an offer and a choice, and choices an offer does not allow. */
export function buildCases(): Cases {
  const choice = {
    principalUnits: '100001000',
    investor: { pubkey: publicOf('investor'), relays },
    commitment: computeCommitment(publicOf('investor main'), hashOf('salt')),
    nonce: hashOf('nonce'),
    startAtSec: START + 7,
    expiresAtSec: START + 1_000_000,
  };
  const offerOf = (change: object): SignedEvent =>
    signAs('bank', buildOffer(offerDocument(change), START - 100));
  const third = { startDay: 0, streamDays: 3, windowDays: 5, ticks: 7 };
  const tranches = [
    { ...third, shareBps: 3_333 },
    { ...third, startDay: 10, shareBps: 6_667 },
  ];
  const built = (name: string, offer: SignedEvent): Vector =>
    finish([], { name, requires: ['C-7', 'C-8'], offer, choice });
  const refused = (name: string, offer: SignedEvent, change: object): Vector =>
    finish(['CONTENT_TERMS'], {
      name,
      requires: ['C-6'],
      offer,
      choice: { ...choice, ...change },
    });
  const open = offerOf({ tranches });
  const local = offerOf({ legal: legalTerms({ countries: ['KE', 'SV'] }) });
  const abroad = finish(['COUNTRY_EXCLUDED'], {
    name: 'An investor who lives elsewhere',
    requires: ['J-6'],
    offer: local,
    choice: { ...choice, livesIn: 'US' },
  });
  const milestone = { title: 'The oven is delivered', description: 'With its papers.' };
  const milestoned = {
    ...inThree,
    tranches: [{ ...third, shareBps: 10_000, milestone }],
    attester: publicOf('attester'),
  };
  return {
    'build-uneven': built('Shares with a remainder, a start within a day', open),
    'build-instalments': built('Three instalments and a milestone', offerOf(milestoned)),
    'build-abroad': abroad,
    'build-closed': refused('An offer that is closed', offerOf({ status: 'closed' }), {}),
    'build-expired': refused('A start after expiry', open, { startAtSec: 1_900_000_001 }),
    'build-small': refused('Less than the minimum ticket', open, { principalUnits: '99999000' }),
    'build-large': refused('More than is sought', open, { principalUnits: '3000001000' }),
    'build-fraction': refused('Half a satoshi', open, { principalUnits: '100000500' }),
  };
}
