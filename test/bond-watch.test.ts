/** Bonds by the word of sources that answer, hang, lie and change their minds. */
import { placeOf } from '@realyield/protocol';
import { expect, it } from 'vitest';
import { fundedOutput } from './fixtures/blocks.ts';
import {
  FUNDED,
  inBlock,
  NOW_SEC,
  scene,
  Scripted,
  settle,
  unverified,
} from './fixtures/bond-sources.ts';
import { COLLATERAL } from './fixtures/bonds.ts';
import { hashOf } from './fixtures/loan.ts';

const live = { state: 'live', height: 500 };

it('asks nobody before somebody looks, and two when somebody does, requires: BD-17', async () => {
  const { watch, pledge, one, two } = scene();
  await watch.load();
  expect(watch.check(pledge)).toMatchObject({ standing: unverified('notAsked'), isAsking: false });
  expect(one.requests + two.requests).toBe(0);
  const stop = watch.watch(pledge);
  expect(watch.check(pledge)).toMatchObject({ standing: unverified('notAsked'), isAsking: true });
  await settle();
  expect(watch.check(pledge)).toMatchObject({
    standing: live,
    isAsking: false,
    checkedAtSec: NOW_SEC,
  });
  expect([one.requests, two.requests]).toEqual([1, 1]);
  stop();
});

it('counts two sources at one host as one, requires: BD-17', async () => {
  const { watch, pledge, state, one, clock } = scene();
  state.sources = [one, new Scripted(clock, 'https://one.example/again')];
  watch.watch(pledge);
  await settle();
  expect(watch.check(pledge).standing).toEqual(unverified('tooFewSources'));
  expect(watch.check(pledge).sources).toHaveLength(1);
});

it('shows a bond of another network as unverified and asks nothing, requires: BD-18', async () => {
  const { watch, pledge, one } = scene('mainnet');
  watch.watch(pledge);
  await settle();
  expect(watch.check(pledge).standing).toEqual(unverified('otherNetwork'));
  expect(one.requests).toBe(0);
});

it('says the truth of the rest while one hangs, and that it hangs', async () => {
  const { watch, pledge, two, clock } = scene();
  two.said = 'hangs';
  watch.watch(pledge);
  await settle();
  expect(watch.check(pledge)).toMatchObject({ standing: unverified('oneSource'), isAsking: true });
  clock.pass(45_000);
  await settle();
  const { isAsking, sources, standing } = watch.check(pledge);
  expect([isAsking, standing]).toEqual([false, unverified('oneSource')]);
  expect(sources.map(({ isSilent }) => isSilent)).toEqual([false, true]);
});

it('says that none can be reached', async () => {
  const { watch, pledge, one, two } = scene();
  [one.said, two.said] = [undefined, undefined];
  watch.watch(pledge);
  await settle();
  expect(watch.check(pledge)).toMatchObject({
    standing: unverified('unreachable'),
    checkedAtSec: undefined,
  });
});

it('believes neither where one lies, and shows what is spent only where both say so', async () => {
  const { watch, pledge, one, two } = scene();
  two.said = { ...FUNDED.report, isSpent: true };
  const asked = async () => {
    watch.askNow(pledge);
    await settle();
    return watch.check(pledge).standing;
  };
  expect(await asked()).toEqual(unverified('disagree'));
  one.said = two.said;
  expect(await asked()).toEqual({ state: 'spent' });
  one.said = FUNDED.report;
  two.said = 'none';
  expect(await asked()).toEqual(unverified('disagree'));
  one.said = 'none';
  expect(await asked()).toEqual({ state: 'notThere' });
});

it('takes no forged branch and no forged header from either', async () => {
  const { watch, pledge, one, two } = scene();
  const branch = { position: 0, hashes: [hashOf('forged')] };
  for (const forged of [inBlock(FUNDED, { branch }), inBlock(FUNDED, { header: '00' })]) {
    for (const [honest, liar] of [
      [one, two],
      [two, one],
    ] as const) {
      [honest.said, liar.said] = [FUNDED.report, forged];
      watch.askNow(pledge);
      await settle();
      expect(watch.check(pledge).standing).toEqual(unverified('unproven'));
    }
  }
});

it('follows a reorganisation once both have seen it', async () => {
  const { watch, pledge, one, two, clock } = scene();
  watch.watch(pledge);
  await settle();
  const moved = fundedOutput(placeOf(COLLATERAL, 'regtest').scriptPubKey, undefined, 'beside');
  one.said = inBlock(moved, { height: 501 });
  clock.pass(600_000);
  await settle();
  expect(watch.check(pledge).standing).toEqual(unverified('disagree'));
  two.said = one.said;
  clock.pass(600_000);
  await settle();
  expect(watch.check(pledge).standing).toMatchObject({ state: 'live', height: 501 });
  const { block: _block, ...waiting } = FUNDED.report;
  [one.said, two.said] = [waiting, waiting];
  clock.pass(600_000);
  await settle();
  expect(watch.check(pledge).standing).toEqual({ state: 'unconfirmed' });
});

it('keeps answers with their time, and calls them stale after an hour', async () => {
  const { watch, pledge, one, two, clock, open } = scene();
  watch.watch(pledge);
  await settle();
  watch.stop();
  [one.said, two.said] = [undefined, undefined];
  clock.pass(3_599_000);
  const later = open();
  await later.load();
  expect(later.check(pledge)).toMatchObject({ standing: live, checkedAtSec: NOW_SEC });
  later.watch(pledge);
  await settle();
  expect(later.check(pledge).standing).toMatchObject(live);
  clock.pass(62_000);
  expect(later.check(pledge).standing).toEqual(unverified('stale'));
});

it('believes no kept answer that is damaged, of another source, or of a time to come', async () => {
  const { pledge, store, open, state, one } = scene();
  const key = `regtest:${FUNDED.txid}:0`;
  const kept = (source: string, atSec: number) => ({ source, atSec, report: FUNDED.report });
  for (const value of [
    'nothing',
    [{ ...kept(one.name, NOW_SEC), report: { isSpent: false } }],
    state.sources.map(({ name }) => kept(name, NOW_SEC + 86_400)),
    [kept('https://three.example', NOW_SEC), kept('https://four.example', NOW_SEC)],
  ]) {
    await store.write([{ table: 'chain', key, value }]);
    const watch = open();
    await watch.load();
    expect(watch.check(pledge).standing).toEqual(unverified('notAsked'));
  }
});

it('asks other sources once they are chosen', async () => {
  const { watch, pledge, state, clock } = scene();
  watch.watch(pledge);
  await settle();
  const spent = { ...FUNDED.report, isSpent: true };
  state.sources = ['three', 'four'].map((name) => new Scripted(clock, `https://${name}`, spent));
  watch.sourcesChanged();
  await settle();
  expect(watch.check(pledge).standing).toEqual({ state: 'spent' });
});
