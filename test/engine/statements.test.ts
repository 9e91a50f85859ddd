/**
 * What is stated about a running contract, by the clients of those who may: milestones claimed
 * and decided, arrears, default and what follows. What would not count is never published.
 */
import { afterEach, expect, it } from 'vitest';
import { planTicks, type ContractState, type NoticeType, type Result } from '@realyield/protocol';
import type { Session } from '../../web/lib/engine/session.ts';
import { inThree, Loan, offerDocument, publicOf } from '../fixtures/loan.ts';
import { systemClock } from '../world/system-clock.ts';
import { Estate, movedClock, store, type MovedClock } from './estate.ts';
import { until } from './until.ts';

const DAY_SEC = 60;
const estate = new Estate();

afterEach(() => estate.close());

/** Seventy days old: half of it paid out, an instalment forty days late, half waiting. */
function lateLoan(urls: readonly string[]): Loan {
  const { business } = offerDocument();
  const half = { shareBps: 5_000, startDay: 0, streamDays: 10, windowDays: 30, ticks: 5 };
  const milestone = { title: 'The oven stands', description: '' };
  const loan = new Loan({
    startAtSec: systemClock.nowSec() - 70 * DAY_SEC,
    offer: {
      ...inThree,
      relays: [...urls],
      business: { ...business, relays: [...urls] },
      tranches: [half, { ...half, startDay: 60, milestone }],
      attester: publicOf('attester'),
    },
    investorRelays: urls,
  });
  loan.signAll();
  const ticks = planTicks(loan.contract.document).slice(0, 5);
  loan.pay('disbursement', ticks, loan.startAtSec + 10 * DAY_SEC);
  return loan;
}

interface People {
  readonly root: string;
  readonly clock: MovedClock;
  readonly investor: Session;
  readonly business: Session;
  readonly bank: Session;
  readonly attester: Session;
}

async function people(): Promise<People> {
  const relay = await estate.relay();
  const urls = [relay.url];
  const loan = lateLoan(urls);
  store(relay, loan.events);
  const clock = movedClock();
  const open = (name: string): Promise<Session> => estate.session(name, urls, clock);
  const [investor, business] = [await open('investor'), await open('business')];
  const [bank, attester] = [await open('bank'), await open('attester')];
  for (const { catalog } of [investor, business, bank]) {
    await until('the receipt', () => catalog.contract(loan.root)?.fold.state.payments.length === 5);
  }
  return { root: loan.root, clock, investor, business, bank, attester };
}

const stateIn = ({ catalog }: Session, root: string): ContractState | undefined =>
  catalog.contract(root)?.fold.state;

const codeOf = (result: Result<string>): string => (result.ok ? 'ok' : result.code);

it('each by who may, when it is true, and everybody comes to the same state', async () => {
  const { root, clock, investor, business, bank, attester } = await people();
  const all = [investor, business, bank, attester];
  const agree = (what: string, isSo: (state: ContractState) => boolean): Promise<unknown> =>
    until(what, () => all.every((session) => isSo(stateIn(session, root) as ContractState)));

  const order = { tranche: 1, statement: 'The oven stands since Monday.', evidence: [] };
  expect(codeOf(await bank.agreements.milestones.claim(root, order))).toBe('AUTHOR_ROLE');
  const claimed = await business.agreements.milestones.claim(root, order);
  if (!claimed.ok) throw new Error(claimed.code);
  await agree('the claim', ({ milestones }) => milestones[0]?.claim === claimed.value);
  const approve = (session: Session): Promise<Result<string>> =>
    session.agreements.milestones.decide(root, claimed.value, 'approval', 'We saw it.');
  expect(codeOf(await approve(bank))).toBe('AUTHOR_ROLE');
  expect(codeOf(await approve(attester))).toBe('ok');
  await agree('the approval', ({ milestones }) => milestones[0]?.status === 'approved');

  const give = async (session: Session, type: NoticeType): Promise<string> =>
    codeOf(await session.agreements.notices.give(root, type, 'We visited on Tuesday.'));
  expect(await give(business, 'arrears')).toBe('STATE_FORBIDS');
  expect(await give(bank, 'default')).toBe('CURE_RUNNING');
  expect(await give(bank, 'arrears')).toBe('ok');
  // The attester is no party, and sees all the same what the notice rests on.
  await agree('the arrears', ({ notices }) => notices.length === 1);
  expect(await give(investor, 'default')).toBe('CURE_RUNNING');
  clock.aheadSec = 11 * DAY_SEC;
  expect(await give(investor, 'default')).toBe('ok');
  await agree('the default', ({ status }) => status === 'defaulted');
  expect(await give(business, 'acceleration')).toBe('STATE_FORBIDS');
  expect(await give(investor, 'acceleration')).toBe('ok');
  await agree('the acceleration', ({ acceleratedAtSec }) => acceleratedAtSec !== undefined);
  expect(await give(bank, 'acceleration')).toBe('STATE_FORBIDS');
  expect(await give(investor, 'writeOff')).toBe('STATE_FORBIDS');
  expect(await give(bank, 'writeOff')).toBe('ok');
  await agree('the write-off', ({ writtenOffAtSec }) => writtenOffAtSec !== undefined);
  const hashes = all.map(({ catalog }) => catalog.contract(root)?.stateHash);
  expect(new Set(hashes).size).toBe(1);
  // Refused ones were never published: what is known are those that count.
  expect(stateIn(bank, root)?.notices.every(({ contested }) => !contested)).toBe(true);
  expect(bank.catalog.contract(root)?.fold.rejects).toEqual([]);
});
