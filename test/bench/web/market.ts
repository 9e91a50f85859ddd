/** A market of signed listings: many offers of a few banks, all different, all valid. */
import {
  buildBankProfile,
  buildOffer,
  type OfferDocument,
  type SignedEvent,
} from '@realyield/protocol';
import { offerDocument, profileDocument } from '../../../protocol/src/testing/offers.ts';
import { publicOf, signAs } from '../../../protocol/src/testing/keys.ts';
import { bulletPlan } from '../../fixtures/plans.ts';

const PLACES = [
  ['SV', 'Suchitoto'],
  ['NG', 'Ibadan'],
  ['PT', 'Évora'],
  ['KE', 'Kisumu'],
  ['PE', 'Ayacucho'],
  ['PH', 'Iloilo'],
  ['PL', 'Łódź'],
  ['GE', 'Telavi'],
] as const;
const SECTORS = ['Food', 'Crafts', 'Repair', 'Farming', 'Retail', 'Transport', 'Textiles'];
const NEEDS = ['second oven', 'delivery van', 'cold room', 'loom', 'solar pump', 'tyre press'];
const BANKS = 12;
const DAY_SEC = 86_400;
const MSAT = 1_000n;

const pick = <T>(list: readonly T[], at: number): T => list[at % list.length] as T;

/** Terms of the offer with this number. */
function termsOf(at: number, nowSec: number): Partial<OfferDocument> {
  const [country, locality] = pick(PLACES, at);
  const sector = pick(SECTORS, at * 5);
  const need = pick(NEEDS, at * 7);
  const days = 30 * (1 + ((at * 13) % 24));
  return {
    identifier: `offer-${at}`,
    daySec: DAY_SEC,
    title: `A ${need} in ${locality}`,
    purpose: `A ${need}, because there are more orders than number ${at} can fill today.`,
    business: {
      pubkey: publicOf(`business ${at % 400}`),
      name: `${sector} workshop no. ${at % 400}`,
      sector,
      place: { country, locality },
      relays: ['ws://127.0.0.1:7001'],
    },
    amountSoughtUnits: (BigInt(300_000 + ((at * 7_919) % 90) * 100_000) * MSAT).toString(),
    rateBps: 600 + ((at * 37) % 140) * 10,
    plan: bulletPlan(days, 10),
    expiresAtSec: nowSec + (at % 50 === 0 ? -DAY_SEC : 90 * DAY_SEC),
  };
}

/** Profiles of the banks, then their offers, oldest first. */
export function createMarket(offers: number, nowSec: number): SignedEvent[] {
  const banks = Array.from({ length: BANKS }, (_, at) => `market bank ${at}`);
  const profiles = banks.map((name, at) => {
    const [country, locality] = pick(PLACES, at);
    const place = { country, locality };
    const document = profileDocument({ name: `Community Bank of ${locality} no. ${at}`, place });
    return signAs(name, buildBankProfile(document, nowSec - 400 * DAY_SEC));
  });
  const listed = Array.from({ length: offers }, (_, at) => {
    const document = offerDocument(termsOf(at, nowSec));
    return signAs(pick(banks, at * 11), buildOffer(document, nowSec - (offers - at) * 600));
  });
  return [...profiles, ...listed];
}
