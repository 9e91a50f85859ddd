/** Whom a person listens to first: the newest list they signed, and keys they trust here. */
import { verify } from '@realyield/protocol';
import { expect, it } from 'vitest';
import { createLocalSigner } from '../signer/local-signer.ts';
import { Circle, type CirclePorts } from './circle.ts';

const [ana, mallory] = [7, 9].map((byte) => createLocalSigner(new Uint8Array(32).fill(byte))) as [
  ReturnType<typeof createLocalSigner>,
  ReturnType<typeof createLocalSigner>,
];
const [ben, coop] = ['b'.repeat(64), 'c'.repeat(64)];

function follows(of: typeof ana, atSec: number, ...keys: readonly string[]) {
  const tags = keys.map((key) => ['p', key]);
  return of.sign({ kind: 3, created_at: atSec, tags, content: '' });
}

function circleOver(events: readonly unknown[]) {
  const kept = new Map<string, unknown>();
  let asked = 0;
  const ports: CirclePorts = {
    person: ana,
    clock: { nowMs: () => 1_000 },
    relays: {
      query: () => {
        asked += 1;
        return Promise.resolve({ events } as never);
      },
    },
    verifier: { verifyBatch: (raws) => Promise.resolve(raws.map((raw) => verify(raw))) },
    store: {
      all: () => Promise.resolve([...kept].map(([key, value]) => ({ key, value }))),
      write: (rows) => {
        for (const row of rows) if ('value' in row) kept.set(row.key, row.value);
        return Promise.resolve();
      },
    },
  };
  return { open: () => new Circle(ports), asked: () => asked };
}

it('believes the newest list signed by the person, and nobody else’s', async () => {
  const forged = { ...(await follows(ana, 30, coop)), sig: 'f'.repeat(128) };
  const lists = [
    await follows(ana, 20, ben, 'not a key', ben),
    await follows(ana, 10, coop),
    await follows(mallory, 40, coop),
    forged,
  ];
  const { open, asked } = circleOver(lists);
  const circle = open();
  await circle.load();
  await circle.look();
  await circle.look();
  expect(asked()).toBe(1);
  expect([ben, coop].map((key) => circle.isFollowed(key))).toEqual([true, false]);
  const again = open();
  await again.load();
  expect(again.isFollowed(ben)).toBe(true);
});

it('keeps which keys are trusted, until they are not', async () => {
  const { open, asked } = circleOver([]);
  const circle = open();
  await circle.trust(ben, true);
  await circle.trust(coop, true);
  await circle.trust(coop, false);
  const again = open();
  await again.load();
  expect([ben, coop].map((key) => again.isTrusted(key))).toEqual([true, false]);
  // While no relay has a list, it is asked for again each time it is needed.
  await again.look();
  await again.look();
  expect(asked()).toBe(2);
});
