/** Draws up the loans of a market of test keys, and moves their money. */
import { planTicks } from '@realyield/protocol';
import { hashOf, Loan, publicOf } from '../fixtures/loan.ts';
import type { LoanOptions, Paid, Signing } from '../fixtures/loan.ts';

/** When the first contract starts. */
export const START = 1_800_000_000;
/** A contract day, seconds. */
export const DAY = 60;

/** Who takes part in one contract, and how it stands in its bank's register. */
export interface Parties {
  readonly bank: string;
  readonly business: string;
  readonly investor: string;
  /** The investor acts under their main key. */
  readonly isPublic?: boolean;
  readonly serial: number;
  readonly previous?: string;
}

/** Draws up loans of one market, each with keys and preimages of its own. */
export class Drafter {
  readonly loans: Loan[] = [];
  readonly #signing: Signing;

  /** With whatever signs. */
  constructor(signing: Signing) {
    this.#signing = signing;
  }

  /** Draws up what the market never hears of, signed alike. */
  aside(): Drafter {
    return new Drafter(this.#signing);
  }

  /** A loan between named parties; nobody has accepted it yet. */
  draft(parties: Parties, options: LoanOptions = {}): Loan {
    const seed = `contract ${this.loans.length} `;
    const names: Record<string, string> = {
      bank: parties.bank,
      business: parties.business,
      investor: parties.isPublic === true ? parties.investor : `${parties.investor} ${seed}`,
      'investor main': parties.investor,
    };
    const loan = new Loan({
      startAtSec: START,
      signing: this.#signing,
      seed,
      cast: (name) => names[name] ?? name,
      register: { serial: parties.serial, previous: parties.previous ?? hashOf('before') },
      ...options,
      offer: {
        business: {
          pubkey: publicOf(parties.business),
          name: parties.business,
          sector: 'Food',
          place: { country: 'SV', locality: 'Suchitoto' },
          relays: ['ws://127.0.0.1:7001'],
        },
        identifier: parties.business.replaceAll(' ', '-'),
        ...options.offer,
      },
    });
    this.loans.push(loan);
    return loan;
  }

  /** A loan all three accepted. */
  agree(parties: Parties, options: LoanOptions = {}): Loan {
    const loan = this.draft(parties, options);
    loan.signAll();
    return loan;
  }
}

/** Streams the first ticks, four to a receipt, and acknowledges every other receipt. */
export function stream(loan: Loan, ticks = Infinity): void {
  const parts = planTicks(loan.contract.document).slice(0, ticks);
  for (let from = 0; from < parts.length; from += 4) {
    const some = parts.slice(from, from + 4);
    const atSec = (some.at(-1)?.dueAtSec ?? START) + 1;
    const { request } = loan.pay('disbursement', some, atSec);
    if (from % 8 !== 0) continue;
    const numbers = some.map(({ n }) => n);
    loan.acknowledge('business', request, numbers, atSec + 2);
  }
}

/** Repays an amount in satoshis on a contract day. */
export function repay(loan: Loan, day: number, amountSat: number, preimage?: string): Paid {
  const given = preimage === undefined ? {} : { preimage };
  const part = { n: loan.events.length, amountUnits: BigInt(amountSat) * 1_000n, ...given };
  return loan.pay('repayment', [part], loan.startAtSec + day * DAY + 20);
}

/** What the first entry of a register names. */
export const first = { previous: '0'.repeat(64) };
