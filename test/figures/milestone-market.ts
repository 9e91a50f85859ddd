/**
 * The loans of a bank that pays out by milestones: approved in time, late, never, and in
 * contradiction. Its register is kept as a bank keeps it, each entry naming the one before; one
 * loan of it was never published, which shows as a gap.
 */
import { planTicks } from '@realyield/protocol';
import { inThree, publicOf, type Loan } from '../fixtures/loan.ts';
import { claim, decide } from '../fixtures/steps.ts';
import { DAY, first, repay, START, type Drafter } from './drafter.ts';

const bank = 'bank D';
const milestone = { title: 'The looms run', description: '' };
const [plain, waiting] = [
  { shareBps: 4_000, startDay: 0, streamDays: 5, windowDays: 20, ticks: 4 },
  { shareBps: 6_000, startDay: 10, streamDays: 12, windowDays: 40, ticks: 6, milestone },
];
const offer = { ...inThree, tranches: [plain, waiting], identifier: 'looms' };

const at = (day: number): number => START + day * DAY + 25;

/** The next entry of the bank's register after a loan's. */
function after(loan: Loan): { readonly serial: number; readonly previous: string } {
  const { id = '', register } = loan.fold().state.signatures.bank ?? {};
  return { serial: (register?.serial ?? 0) + 1, previous: id };
}

/** Pays ticks from one number up to before another, a second apart, on a day. */
function pay(loan: Loan, from: number, to: number, day: number): void {
  const ticks = planTicks(loan.contract.document).slice(from, to);
  loan.pay('disbursement', ticks, at(day));
}

/** Lends by milestones. */
export function drawBankD(draw: Drafter): void {
  const lend = (business: string, investor: string, entry: object, attested = false): Loan => {
    const own = attested ? { attester: publicOf('attester') } : {};
    const parties = { bank, business, investor, serial: 1, ...entry };
    const loan = draw.agree(parties, { offer: { ...offer, ...own } });
    pay(loan, 0, 4, 4);
    return loan;
  };
  const inTime = lend('weavers', 'Ana', first);
  decide(inTime, 'approval', claim(inTime, 1, at(8)), at(9));
  pay(inTime, 4, 7, 17);
  repay(inTime, 28, 300_000);
  const hidden = draw.aside().agree({ bank, business: 'dyers', investor: 'Ben', ...after(inTime) });
  const late = lend('dyers', 'Eve', after(hidden), true);
  decide(late, 'refusal', claim(late, 1, at(11)), at(13), 'attester');
  decide(late, 'approval', claim(late, 1, at(25)), at(30), 'attester');
  pay(late, 4, 5, 34);
  const never = lend('weavers', 'Ana', after(late));
  claim(never, 1, at(20));
  repay(never, 31, 100_000);
  const both = lend('dyers', 'Eve', after(never));
  const claimed = claim(both, 1, at(12));
  decide(both, 'approval', claimed, at(13));
  pay(both, 4, 6, 15);
  decide(both, 'refusal', claimed, at(18));
}
