/** A bank's contracts are followed while somebody looks, and its record waits for all of them. */
import { expect, it } from 'vitest';
import { BankWatch } from '../web/lib/engine/bank-watch.ts';
import { HandClock } from './fixtures/hand-clock.ts';

function scene() {
  const clock = new HandClock();
  const roots = ['one', 'two'];
  const watched = new Set<string>();
  const listed = new Map<string, string[]>();
  const state = { isListed: true };
  const banks = new BankWatch({
    clock,
    rootsOf: () => roots,
    isListed: () => state.isListed,
    watch: (root) => {
      watched.add(root);
      return () => watched.delete(root);
    },
    listedBy: (root) => listed.get(root) ?? [],
    openRelays: () => ['first', 'second'],
    tell: () => undefined,
  });
  return { clock, roots, watched, listed, banks, state };
}

it('a record is read once every relay has sent its part of every contract', () => {
  const { clock, roots, watched, listed, banks } = scene();
  banks.watch('bank');
  expect(banks.isRead('bank')).toBe(false);
  clock.pass(400);
  expect([...watched]).toEqual(['one', 'two']);
  listed.set('one', ['first', 'second']);
  listed.set('two', ['first']);
  expect(banks.isRead('bank')).toBe(false);
  listed.set('two', ['first', 'second']);
  expect(banks.isRead('bank')).toBe(true);
  // A reconnection asks again; what was read stays read.
  listed.set('one', []);
  expect(banks.isRead('bank')).toBe(true);
  roots.push('three');
  expect(banks.isRead('bank')).toBe(false);
});

it('a relay that does not answer is not waited for for ever, but somebody has to answer', () => {
  const { clock, listed, banks } = scene();
  banks.watch('bank');
  clock.pass(400);
  listed.set('one', ['first']);
  clock.pass(6_000);
  expect(banks.isRead('bank')).toBe(false);
  listed.set('two', ['first']);
  expect(banks.isRead('bank')).toBe(true);
});

it('nothing is followed before the contracts are known, nor long after the last has left', () => {
  const { clock, watched, banks, state } = scene();
  state.isListed = false;
  const leave = banks.watch('bank');
  clock.pass(400);
  expect(watched.size).toBe(0);
  state.isListed = true;
  banks.gather();
  clock.pass(400);
  expect(watched.size).toBe(2);
  leave();
  const leaveAgain = banks.watch('bank');
  clock.pass(30_000);
  expect(watched.size).toBe(2);
  leaveAgain();
  clock.pass(30_000);
  expect(watched.size).toBe(0);
});
