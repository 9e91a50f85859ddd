/**
 * Which questions for parts a payee answers that was away, or has just started.
 * requires: T-29
 */
import type { MessageOf } from '@realyield/protocol';
import { expect, it } from 'vitest';
import type { Desk } from '../web/lib/engine/desk.ts';
import { Questions } from '../web/lib/engine/questions.ts';
import { createLocalSigner } from '../web/lib/signer/local-signer.ts';
import { HandClock } from './fixtures/hand-clock.ts';
import { publicOf, secretOf } from './fixtures/keys.ts';
import { Loan } from './fixtures/loan.ts';

const NOW_SEC = 1_800_000_000;

/** A business with a loan that asks its payer's questions by the device's own clock. */
function scene() {
  const loan = new Loan({ startAtSec: NOW_SEC - 86_400, offer: { daySec: 86_400 } });
  loan.signAll();
  const clock = new HandClock(NOW_SEC * 1_000);
  const facts = { isRunning: true, isRead: true, isKnown: true, isSlow: false };
  const read: (() => void)[] = [];
  const desk = {
    clock,
    person: createLocalSigner(secretOf('business')),
    keyring: { find: () => undefined },
    catalog: {
      contract: () => (facts.isKnown ? { root: loan.root, fold: loan.fold() } : undefined),
    },
    mailbox: {
      isCaughtUp: () => facts.isRead,
      whenCaughtUp: async () => {
        if (!facts.isRead) await new Promise<void>((resolve) => read.push(resolve));
      },
    },
  } as unknown as Desk;
  const answered: (readonly number[])[] = [];
  /** Questions of which nothing more comes. */
  const done: (readonly number[])[] = [];
  const sending: (() => void)[] = [];
  const questions = new Questions(desk, async ({ n }) => {
    answered.push(n);
    if (facts.isSlow) await new Promise<void>((resolve) => sending.push(resolve));
  });
  const ask = async (ageSec: number, ...n: number[]): Promise<void> => {
    const message: MessageOf<'partsWanted'> = {
      ...{ v: 1, type: 'partsWanted', contract: loan.root, leg: 'disbursement' },
      ...{ n, units: n.map(() => '1000') },
    };
    const author = publicOf('investor');
    const recipient = publicOf('business');
    const incoming = { message, author, recipient, sentAtSec: clock.nowSec() - ageSec };
    const taken = questions.take(message, incoming, () => facts.isRunning);
    void taken.then(() => done.push(n));
    await settled();
  };
  const catchUp = async (): Promise<void> => {
    facts.isRead = true;
    for (const tell of read) tell();
    await settled();
  };
  return { clock, facts, questions, answered, done, sending, ask, catchUp };
}

/** What was promised has happened. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}

it('answers what was asked ten minutes ago, and nothing older than a payer’s pause', async () => {
  const { answered, ask } = scene();
  await ask(600, 1);
  await ask(719, 2);
  await ask(720, 3);
  expect(answered).toEqual([[1], [2]]);
});

it('answers of several questions that waited the newest about a part', async () => {
  const { facts, answered, ask, catchUp } = scene();
  facts.isRead = false;
  await ask(300, 1, 2);
  await ask(20, 1, 2, 3);
  await ask(90, 2);
  await ask(100, 4);
  expect(answered).toEqual([]);
  await catchUp();
  expect(answered).toEqual([[1, 2, 3], [4]]);
});

it.each(['isRunning', 'isKnown'] as const)(
  'waits two minutes for what it lacks: %s',
  async (what) => {
    const { clock, facts, questions, answered, ask } = scene();
    facts[what] = false;
    await ask(500, 1);
    clock.pass(60_000);
    expect(answered).toEqual([]);
    facts[what] = true;
    clock.pass(1_000);
    expect(answered).toEqual([[1]]);
    facts[what] = false;
    await ask(1, 2);
    for (let second = 0; second < 120; second += 1) clock.pass(1_000);
    facts[what] = true;
    clock.pass(1_000);
    expect(answered).toEqual([[1]]);
    questions.stop();
  },
);

it('has read a question once it has answered it, or never will', async () => {
  const { facts, answered, done, sending, ask, catchUp } = scene();
  facts.isRead = false;
  facts.isSlow = true;
  await ask(720, 1);
  expect(done).toEqual([[1]]);
  await ask(300, 2);
  await ask(20, 2, 3);
  expect(done).toEqual([[1]]);
  await catchUp();
  expect(answered).toEqual([[2, 3]]);
  expect(done).toEqual([[1], [2]]);
  for (const sent of sending) sent();
  await settled();
  expect(done).toEqual([[1], [2], [2, 3]]);
});
