/** A bank's book as parsed events: contracts streamed in batches, some late, some repaid. */
import type { ParsedEvent } from '@realyield/protocol';
import { hashOf, Loan, sparedSigning, type Part } from '../../fixtures/loan.ts';

const START = 1_800_000_000;
const DAY = 60;

/** One contract's events, in the order they were signed. */
export interface Streamed {
  readonly root: string;
  readonly events: readonly ParsedEvent[];
  readonly parts: number;
}

/** How a contract is streamed. */
interface Shape {
  readonly index: number;
  readonly ticks: number;
  readonly perReceipt: number;
  readonly repayments: number;
}

/** When figures of the book are taken: forty days after the due day. */
export const AS_OF_SEC = START + 130 * DAY;

function playLoan({ index, ticks, perReceipt, repayments }: Shape): Loan {
  const tranches = [{ shareBps: 10_000, startDay: 0, streamDays: 10, windowDays: 30, ticks }];
  const principalUnits = BigInt(ticks) * 10_000_000n;
  const loan = new Loan({
    principalUnits,
    startAtSec: START + index,
    offer: {
      amountSoughtUnits: principalUnits.toString(),
      minimumTicketUnits: principalUnits.toString(),
      minimumTotalUnits: principalUnits.toString(),
      tranches,
    },
    signing: sparedSigning,
  });
  loan.signAll();
  const preimage = (name: string): string => hashOf(`${index} ${name}`);
  for (let from = 0; from < ticks; from += perReceipt) {
    const parts: Part[] = [];
    for (let n = from; n < Math.min(ticks, from + perReceipt); n += 1) {
      parts.push({ n, amountUnits: 10_000_000n, preimage: preimage(`tick ${n}`) });
    }
    const atSec = START + index + Math.floor((from * 10 * DAY) / ticks) + 20;
    const { request } = loan.pay('disbursement', parts, atSec);
    const numbers = parts.map(({ n }) => n);
    loan.acknowledge('business', request, numbers, atSec + 5);
  }
  // A third repays nothing, a third half, a third all, interest included.
  const shareOf = [0n, 50n, 104n][index % 3] ?? 0n;
  const dueUnits = (principalUnits * shareOf) / 100n / BigInt(Math.max(1, repayments));
  for (let n = 0; n < repayments && dueUnits > 0n; n += 1) {
    const part = { n, amountUnits: dueUnits, preimage: preimage(`repayment ${n}`) };
    loan.pay('repayment', [part], START + (40 + n * 5) * DAY);
  }
  return loan;
}

function streamOne(shape: Shape): Streamed {
  const { parsed, root } = playLoan(shape);
  const paid = parsed.reduce((sum, entry) => sum + partsIn(entry), 0);
  return { root, events: [...parsed], parts: paid };
}

function partsIn(entry: ParsedEvent): number {
  return entry.name === 'receipt' ? entry.document.n.length : 0;
}

/** A book of many contracts of a hundred parts or so each. */
export function streamBook(contracts: number): Streamed[] {
  return Array.from({ length: contracts }, (_, index) =>
    streamOne({ index, ticks: 95, perReceipt: 19, repayments: 5 }),
  );
}

/** One contract of very many parts, 300 to a receipt. */
export function streamLong(ticks: number): Streamed {
  return streamOne({ index: 1, ticks, perReceipt: 300, repayments: 5 });
}

/** One contract with a receipt for each part. */
export function streamSingly(ticks: number): Streamed {
  return streamOne({ index: 1, ticks, perReceipt: 1, repayments: 5 });
}

/** What one new event brings: itself and the request it embeds. */
export type Step = readonly ParsedEvent[];

/** A long contract, and events that come after: receipts for many parts, for one, and answers. */
export interface Growing {
  readonly streamed: Streamed;
  readonly batches: readonly Step[];
  readonly singles: readonly Step[];
  readonly answers: readonly Step[];
}

/** A contract of very many parts paid, and so many further events of each sort, in their order. */
export function streamFurther(ticks: number, count: number): Growing {
  const loan = playLoan({ index: 1, ticks, perReceipt: 300, repayments: 5 });
  const events = [...loan.parsed];
  const parts = events.reduce((sum, entry) => sum + partsIn(entry), 0);
  let [n, atSec] = [5, START + 70 * DAY];
  const step = (act: () => unknown): Step => {
    const before = loan.parsed.length;
    act();
    return loan.parsed.slice(before);
  };
  const steps = { batches: [] as Step[], singles: [] as Step[], answers: [] as Step[] };
  const pay = (size: number): void => {
    atSec += 7;
    const first = n;
    n += size;
    const numbers = Array.from({ length: size }, (_, index) => first + index);
    const paid = numbers.map((each) => ({ n: each, amountUnits: 1_000n }));
    let requestId = '';
    steps[size > 1 ? 'batches' : 'singles'].push(
      step(() => {
        requestId = loan.pay('repayment', paid, atSec).request.id;
      }),
    );
    steps.answers.push(
      step(() => loan.acknowledge('investor', { id: requestId }, numbers, atSec + 1)),
    );
  };
  for (let round = 0; round < count; round += 1) [300, 1].forEach(pay);
  return { streamed: { root: loan.root, events, parts }, ...steps };
}
