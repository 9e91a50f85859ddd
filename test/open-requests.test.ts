/** Requests that are open, in a book or not: which parts have one, and what ends it. */
import type { ContractState, RequestDocument } from '@realyield/protocol';
import { expect, it } from 'vitest';
import type { Desk } from '../web/lib/engine/desk.ts';
import { OpenRequests } from '../web/lib/engine/open-requests.ts';
import { Loan, sparedSigning } from './fixtures/loan.ts';
import { openSqliteStore } from './world/sqlite-store.ts';

const WEEK = 604_800;

it('a key that has ended takes its book with it (requires: P-32)', async () => {
  const loan = new Loan({ signing: sparedSigning });
  loan.signAll();
  const { state } = loan.fold();
  let keys: ContractState['keys'] = state.keys;
  let nowSec = loan.startAtSec;
  const desk = {
    store: openSqliteStore(':memory:'),
    clock: { nowSec: () => nowSec },
    catalog: { contract: () => ({ fold: { state: { ...state, keys } } }) },
    wallet: () => ({ lookup: () => Promise.resolve({ state: 'answered', value: undefined }) }),
  } as unknown as Desk;
  const requests = new OpenRequests(desk);
  const parts = [0, 1].map((n) => ({ n, amountUnits: 1_000n, preimage: loan.preimage() }));
  const window = { notBeforeSec: nowSec, expiresAtSec: nowSec + WEEK };
  const event = loan.request('disbursement', parts, nowSec, window);
  const document = { ...(JSON.parse(event.content) as RequestDocument), book: true as const };
  const content = JSON.stringify(document);
  await requests.keep(document, { event: { ...event, content }, invoices: ['one', 'two'] });
  const open = async (): Promise<number[]> => [
    ...(await requests.open(loan.root, 'disbursement')).keys(),
  ];
  expect(await open()).toEqual([0, 1]);
  expect(await requests.find(loan.root, 'disbursement', 1)).toMatchObject({ preimage: undefined });
  expect(await requests.open(loan.root, 'repayment')).toEqual(new Map());
  keys = state.keys.map((key) => (key.role === 'business' ? { ...key, endsAtSec: nowSec } : key));
  expect(await open()).toEqual([]);
  expect(await requests.find(loan.root, 'disbursement', 1)).toBeUndefined();
  // What is asked for anew need not wait until the dead request has run out.
  expect(await requests.freeFromSec(loan.root, 'disbursement', 1)).toBe(0);
  keys = state.keys;
  expect(await requests.freeFromSec(loan.root, 'disbursement', 1)).toBe(nowSec + WEEK);
  nowSec += WEEK;
  expect(await open()).toEqual([]);
  expect(await requests.find(loan.root, 'disbursement', 1)).toBeUndefined();
});
