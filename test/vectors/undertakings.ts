/** Vectors of who serves, who may recover keys, and what waits: folders `listings`, `agreement`. */
import {
  buildContractEvent,
  buildOffer,
  type ContractDocument,
  type OfferDocument,
} from '@realyield/protocol';
import { Loan, offerDocument, publicOf, signAs } from '../fixtures/loan.ts';
import { START } from './contracts.ts';
import { finish, type Cases, type Vector } from './vector.ts';

const arbiter = publicOf('arbiter');
const business = publicOf('business');

/** Offers that contradict themselves: more of folder `listings`. */
export function offeredCases(): Cases {
  const offered = (name: string, requirement: string, change: Partial<OfferDocument>): Vector => {
    const event = signAs('bank', buildOffer(offerDocument(change), START));
    return finish(['CONTENT_TERMS'], { name, requires: [requirement, 'E-14'], event });
  };
  return {
    'appointee-twice': offered('One arbiter for both', 'L-8', {
      appointees: { arbiter, fallbackArbiter: arbiter },
    }),
    'appointee-business': offered('The business judges', 'L-8', {
      appointees: { arbiter: business },
    }),
    'funding-idle': offered('A deadline for nothing', 'L-9', {
      funding: { required: false, deadlineAtSec: START },
    }),
    'recovery-business': offered('A key that recovers itself', 'L-10', {
      recoveryKeys: { business },
    }),
  };
}

/** Contracts that do: more of folder `agreement`. */
export function agreedCases(): Cases {
  const loan = new Loan({ serving: { arbiter: 'arbiter', backupServicer: 'servicer' } });
  const { document } = loan.contract;
  const agreedOn = (
    name: string,
    requirement: string,
    change: Partial<ContractDocument>,
    code = 'CONTENT_TERMS',
  ): Vector => {
    const event = signAs('investor', buildContractEvent({ ...document, ...change }, START));
    return finish(code === '' ? [] : [code], { name, requires: [requirement], event });
  };
  const { parties } = document;
  const investor = { ...parties.investor, recovery: publicOf('bank') };
  const [offer, ...appointments] = document.bases;
  if (!offer) throw new Error('the fixture has bases');
  const missing = 'APPOINTMENT_MISSING';
  const same = loan.contract.event;
  const without = { appointees: { arbiter }, silenceDays: 30 };
  return {
    appointed: agreedOn('An arbiter and a backup servicer', 'C-35', {}, ''),
    'appointee-silence': agreedOn('Silence, and nobody to take over', 'C-30', without),
    'recovery-party': agreedOn('The bank’s key recovers the investor’s', 'C-31', {
      parties: { ...parties, investor },
    }),
    'expires-early': agreedOn('A proposal that expired before its start', 'C-32', {
      expiresAtSec: document.startAtSec - 1,
    }),
    'funding-deadline': agreedOn('A deadline for nothing', 'C-33', {
      funding: { required: false, deadlineAtSec: START },
    }),
    'amendment-arrears': agreedOn('An amendment without a reason', 'C-34', {
      replaces: { root: same.id, version: same.id },
      arrears: 'stay',
    }),
    'appointment-lacking': agreedOn(
      'One appointment of two',
      'C-35',
      {
        bases: [offer, ...appointments.slice(1)],
      },
      missing,
    ),
    'appointment-role': agreedOn(
      'An appointment to something else',
      'C-35',
      {
        appointees: { fallbackArbiter: arbiter, backupServicer: publicOf('servicer') },
      },
      missing,
    ),
    'appointment-more': agreedOn(
      'An appointment nobody asked for',
      'C-35',
      {
        appointees: { backupServicer: publicOf('servicer') },
      },
      missing,
    ),
  };
}
