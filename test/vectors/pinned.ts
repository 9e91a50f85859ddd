/**
 * Vectors of bonds that offers and contracts pin, and of what a bank guarantees by them: more of
 * folders `bonds`, `losses` and `key-facts`. Spec: specs/bonds.md, "Pinned"; specs/losses.md.
 */
import {
  buildContractEvent,
  buildOffer,
  type ContractDocument,
  type GuaranteeTerms,
  type OfferDocument,
} from '@realyield/protocol';
import { hashOf, inThree, Loan, offerDocument, signAs } from '../fixtures/loan.ts';
import { dollars } from '../fixtures/prices.ts';
import { START } from './contracts.ts';
import { finish, type Cases, type Vector } from './vector.ts';

const bond = { pledge: hashOf('pledge'), allocationSat: '600000' };
const byBond: GuaranteeTerms = { type: 'bond', payDays: 30 };

function offered(name: string, requires: string[], change: Partial<OfferDocument>): Vector {
  const event = signAs('bank', buildOffer(offerDocument(change), START));
  return finish([], { name, requires, event });
}

function refusedOffer(name: string, requires: string[], change: Partial<OfferDocument>): Vector {
  const event = signAs('bank', buildOffer(offerDocument(change), START));
  return finish(['CONTENT_TERMS'], { name, requires, event });
}

/** A loan of 1,000 sat more than a million, of three that are sought. */
function loanUnder(offer: Partial<OfferDocument>, principalUnits = 1_000_001_000n): Loan {
  return new Loan({ offer: { ...inThree, ...offer }, principalUnits });
}

type Changes = Omit<Partial<ContractDocument>, 'bond'> & {
  readonly bond?: ContractDocument['bond'];
};

function agreedOn(
  name: string,
  requires: string[],
  code: string,
  change: Changes = {},
  loan = loanUnder({ bond }),
): Vector {
  const { bond: kept, ...terms } = { ...loan.contract.document, ...change };
  const whole = kept === undefined ? terms : { ...terms, bond: kept };
  const event = signAs('investor', buildContractEvent(whole, START));
  return finish(code === '' ? [] : [code], { name, requires, event });
}

const MISMATCH = 'EMBEDDED_MISMATCH';

/** The terms with another principal, all of it in their one tranche. */
function lending(principalUnits: string, { tranches }: ContractDocument) {
  return {
    principalUnits,
    tranches: tranches.map((each) => ({ ...each, amountUnits: principalUnits })),
  };
}

/** More of folder `bonds`. */
export function pinnedCases(): Cases {
  const least = loanUnder({ bond: { ...bond, allocationSat: '30' } }, 100_000_000n);
  const { document, event } = loanUnder({ bond }).contract;
  return {
    'pinned-offer': offered('An offer that pins a bond', ['BD-30'], { bond }),
    'pinned-offer-small': refusedOffer('A satoshi short of one for the least loan', ['BD-30'], {
      bond: { ...bond, allocationSat: '29' },
    }),
    'pinned-offer-nothing': refusedOffer('Nothing of a bond', ['BD-30'], {
      bond: { ...bond, allocationSat: '0' },
    }),
    'pinned-contract': agreedOn('A contract that pins it too', ['BD-32'], ''),
    'pinned-contract-least': agreedOn('One satoshi of a bond', ['BD-30'], '', {}, least),
    'pinned-contract-small': agreedOn(
      'Less than one satoshi of a bond',
      ['BD-30'],
      'CONTENT_TERMS',
      lending('99999000', least.contract.document),
      least,
    ),
    'pinned-contract-less': agreedOn('Less than the offer', ['BD-32'], MISMATCH, {
      bond: { ...bond, allocationSat: '599999' },
    }),
    'pinned-contract-other': agreedOn('Another pledge than the offer', ['BD-32'], MISMATCH, {
      bond: { ...bond, pledge: hashOf('another pledge') },
    }),
    'pinned-contract-none': agreedOn('No bond where the offer pins one', ['BD-32'], MISMATCH, {
      bond: undefined,
    }),
    'pinned-contract-alone': agreedOn(
      'A bond where the offer pins none',
      ['BD-32'],
      MISMATCH,
      { bond },
      loanUnder({}),
    ),
    'pinned-contract-large': agreedOn(
      'More lent than is sought',
      ['BD-32'],
      MISMATCH,
      lending('3000001000', document),
    ),
    'pinned-contract-currency': agreedOn('In another unit', ['BD-32'], MISMATCH, {
      denomination: dollars(),
      ...lending('1000000000', document),
    }),
    'pinned-amendment': agreedOn('An amendment that drops it', ['BD-32'], MISMATCH, {
      bond: undefined,
      replaces: { root: event.id, version: event.id },
      ...{ reason: 'amendment', arrears: 'stay' },
    }),
  };
}

const CLAIM = {
  disbursedUnits: '1000001000',
  outstandingUnits: '1000001000',
  interestOwedUnits: '20000123',
  bondShareUnits: '200000200',
};

/** More of folder `losses`. */
export function bondGuaranteeCases(): Cases {
  const stands = (
    name: string,
    [receivedUnits, paidUnits = '0']: [string, string?],
    claim = CLAIM,
  ): Vector => {
    const flows = { receivedUnits, paidUnits, handedOnUnits: '0' };
    const requires = ['D-2', 'D-3', 'D-4'];
    return finish([], { name, requires, guarantee: byBond, claim, flows });
  };
  const small = { ...CLAIM, outstandingUnits: '50000500', interestOwedUnits: '499' };
  return {
    'offer-by-bond': offered('As much as a bond allocates', ['D-13'], { bond, guarantee: byBond }),
    'offer-by-no-bond': refusedOffer('By a bond that is not named', ['D-13'], {
      guarantee: byBond,
    }),
    'offer-by-bond-currency': refusedOffer('By a bond, in dollars', ['D-13'], {
      ...{ bond, guarantee: byBond, denomination: dollars() },
    }),
    'guarantee-bond': stands('The share of a bond, in whole satoshis', ['0']),
    'guarantee-bond-small': stands('Less lost than that', ['0'], small),
    'guarantee-bond-repaid': stands('Most of it came back', ['900000000']),
    'guarantee-bond-paid': stands('Paid, and most of it came back', ['900000000', '200000000']),
  };
}

/** More of folder `key-facts`. */
export function bondFactCases(): Cases {
  const sheetOf = (
    name: string,
    offer: Partial<OfferDocument>,
    principalUnits?: bigint,
  ): Vector => {
    const { event } = loanUnder(offer, principalUnits).contract;
    return finish([], { name, requires: ['K-1', 'K-11', 'BD-31'], terms: event });
  };
  return {
    'bond-guarantee': sheetOf('Guaranteed by a bond', { bond, guarantee: byBond }),
    'bond-beside': sheetOf('A bond for rulings only', { bond }),
    'bond-currency': sheetOf(
      'A bond for rulings, in dollars',
      { bond, denomination: dollars() },
      1_001_000_000n,
    ),
  };
}
