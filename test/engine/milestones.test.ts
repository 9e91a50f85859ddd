/**
 * Two loans in equal instalments on real relays and real Lightning. Ana's second tranche waits for
 * a milestone that is refused once and approved at the second claim; an instalment is late, noticed
 * and cured. Ben's is never repaid and is called in default. Days last a second, and the clock that
 * everybody shares is moved ahead where a day would have to be waited for.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { computeLedger, type Ledger, type OfferDocument } from '@realyield/protocol';
import type { Clock } from '../../web/lib/engine/ports.ts';
import type { PersonaId } from '../world/personas.ts';
import { systemClock } from '../world/system-clock.ts';
import type { World } from '../world/world.ts';
import type { Player } from './player.ts';
import { countersign, invest, offerShort, paymentsOf, play } from './scene.ts';
import { startScene, stateOf, untilPaid } from './scene.ts';
import { until } from './until.ts';
import { equalPlan } from '../fixtures/plans.ts';

const FIRST_DUE_DAY = 90;
const TICKS = { first: 3, second: 2 };
const INVESTED = { ana: 90_000_000n, ben: 60_000_000n };

const changes: Partial<OfferDocument> = {
  plan: equalPlan(3, FIRST_DUE_DAY, 30, 1),
  default: { afterDays: 4, cureDays: 2 },
};
const gated: Partial<OfferDocument> = {
  ...changes,
  tranches: [
    { shareBps: 6_000, startDay: 3, streamDays: 3, windowDays: 140, ticks: TICKS.first },
    {
      shareBps: 4_000,
      startDay: 6,
      streamDays: 2,
      windowDays: 140,
      ticks: TICKS.second,
      milestone: { title: 'The oven is installed', description: 'A photograph and a visit.' },
    },
  ],
};

let world: World;
let aheadMs = 0;
/** Where everybody's clock stands still, so that a day lasts as long as a slow machine needs. */
let standsAtMs: number | undefined;
const clock: Clock = {
  nowSec: () => Math.floor(clock.nowMs() / 1_000),
  nowMs: () => standsAtMs ?? systemClock.nowMs() + aheadMs,
  after: (delayMs, callback) => systemClock.after(delayMs, callback),
};
const players = {} as Record<PersonaId, Player>;
const roots = { ana: '', ben: '' };

/** Sets everybody's clock to the start of a day of a contract, never back; there it stands. */
function standOnDay(root: string, day: number): void {
  const startAtSec = stateOf(players.bank, root)?.contract.document.startAtSec ?? 0;
  standsAtMs = Math.max(clock.nowMs(), (startAtSec + day) * 1_000);
}

/** From where it stands, the clock goes on. */
function letTimePass(): void {
  if (standsAtMs !== undefined) aheadMs = standsAtMs - systemClock.nowMs();
  standsAtMs = undefined;
}

function ledgerOf(player: Player, root: string): Ledger {
  const state = stateOf(player, root);
  if (!state) throw new Error('the contract is not known');
  return computeLedger(state.contract.document, state.payments, clock.nowSec());
}

function milestoneAt(player: Player) {
  return stateOf(player, roots.ana)?.milestones[0];
}

/** The id of the claim that waits for the bank. */
function openClaim(): Promise<string> {
  return until('a claim to decide on', () => {
    const [open] = players.bank.session.agreements.milestones.open();
    return open?.claim.event.id;
  });
}

async function claim(statement: string): Promise<void> {
  const evidence = [{ name: 'photo.jpg', sha256: 'ab'.repeat(32) }];
  const order = { tranche: 1, statement, evidence };
  await until('the business may claim', async () => {
    const claimed = await players.bakery.session.agreements.milestones.claim(roots.ana, order);
    return claimed.ok;
  });
}

beforeAll(async () => {
  world = await startScene();
  for (const id of ['ana', 'ben', 'bakery', 'bank'] as const) {
    players[id] = await play(world, id, { clock });
  }
  await offerShort(world, players.bank, { identifier: 'gated', ticks: 1, changes: gated });
  await offerShort(world, players.bank, {
    identifier: 'plain',
    ticks: 2,
    startDay: 3,
    changes,
  });
  roots.ana = await invest(players.ana, 'gated', INVESTED.ana);
  roots.ben = await invest(players.ben, 'plain', INVESTED.ben);
  await countersign(roots.ana, { ...players, investor: players.ana });
  await countersign(roots.ben, { ...players, investor: players.ben });
});

afterAll(async () => {
  await Promise.all(Object.values(players).map((player) => player.close()));
  await world.stop();
});

describe('a milestone', () => {
  it('holds its tranche back while the first streams to the end', async () => {
    await untilPaid(players.ana, roots.ana, TICKS.first);
    const status = await until('the wait for the milestone', () => {
      const found = players.ana.session.payerStatus(roots.ana);
      return found?.code === 'milestoneNotApproved' && found;
    });
    expect(status.level).toBe('waiting');
    expect(paymentsOf(players.ana, roots.ana, 'disbursement')).toHaveLength(TICKS.first);
  });

  it('is claimed by the business and decided by the bank; a refusal releases nothing', async () => {
    const { milestones } = players.ana.session.agreements;
    const order = { tranche: 1, statement: 'mine', evidence: [] };
    expect(await milestones.claim(roots.ana, order)).toMatchObject({ code: 'AUTHOR_ROLE' });
    await claim('The oven stands in the yard.');
    const claimed = await openClaim();
    const decide = players.bakery.session.agreements.milestones;
    expect(await decide.decide(roots.ana, claimed, 'approval', '')).toMatchObject({
      code: 'AUTHOR_ROLE',
    });
    const refused = await players.bank.session.agreements.milestones.decide(
      roots.ana,
      claimed,
      'refusal',
      'It stands in the yard, not in the bakery.',
    );
    expect(refused.ok).toBe(true);
    await until('the refusal', () => milestoneAt(players.ana)?.status === 'refused');
    expect(paymentsOf(players.ana, roots.ana, 'disbursement')).toHaveLength(TICKS.first);
  });

  it('approved after a second claim lets the tranche stream', async () => {
    await until('the refusal', () => milestoneAt(players.bakery)?.status === 'refused');
    await claim('It bakes.');
    const claimed = await openClaim();
    const approved = await players.bank.session.agreements.milestones.decide(
      roots.ana,
      claimed,
      'approval',
      'We ate of its bread.',
    );
    expect(approved.ok).toBe(true);
    await untilPaid(players.ana, roots.ana, TICKS.first + TICKS.second);
    const again = await players.bakery.session.agreements.milestones.claim(roots.ana, {
      tranche: 1,
      statement: 'once more',
      evidence: [],
    });
    expect(again).toMatchObject({ code: 'STATE_FORBIDS' });
  });
});

describe('an instalment', () => {
  it('may be noticed only when it is late beyond its grace', async () => {
    await untilPaid(players.ben, roots.ben, 2);
    const { notices } = players.bank.session.agreements;
    standOnDay(roots.ana, FIRST_DUE_DAY + 1);
    expect(notices.outlook(roots.ana, 'arrears').when).toBe('later');
    expect(await notices.give(roots.ana, 'arrears', '')).toMatchObject({ code: 'NOT_LATE' });
    for (const root of [roots.ana, roots.ben]) {
      // Ben's contract began some seconds, and so some days, after Ana's.
      standOnDay(root, FIRST_DUE_DAY + 3);
      expect(notices.outlook(root, 'arrears')).toEqual({ when: 'now' });
      expect(notices.outlook(root, 'default').when).toBe('never');
      expect((await notices.give(root, 'arrears', 'Please pay.')).ok).toBe(true);
    }
    expect(notices.outlook(roots.ben, 'default').when).toBe('later');
    const early = await notices.give(roots.ben, 'default', '');
    expect(early.ok ? '' : early.code).toMatch(/^(NOT_LATE|CURE_RUNNING)$/);
    letTimePass();
  });

  it('that is paid after the notice is cured, and then there is no default', async () => {
    const { session } = players.bakery;
    const before = ledgerOf(players.bakery, roots.ana);
    expect(before.daysPastDue).toBeGreaterThan(0);
    const ordered = await session.repayments.repay(roots.ana, before.dueNowUnits);
    expect(ordered.ok).toBe(true);
    await untilPaid(players.bank, roots.ana, 1, 'repayment');
    const [first] = ledgerOf(players.bank, roots.ana).instalments;
    expect(first).toMatchObject({ state: 'paid', paidWhen: 'afterGrace' });
    standOnDay(roots.ana, FIRST_DUE_DAY + 12);
    const { notices } = players.bank.session.agreements;
    expect(notices.outlook(roots.ana, 'default').when).toBe('never');
    letTimePass();
  });

  it('that nobody pays ends in default, which is final', async () => {
    const { notices } = players.bank.session.agreements;
    await until('the cure period', () => notices.outlook(roots.ben, 'default').when === 'now');
    expect((await notices.give(roots.ben, 'default', 'Nobody answers.')).ok).toBe(true);
    await until('the default', () => stateOf(players.ben, roots.ben)?.status === 'defaulted');
    expect(await notices.give(roots.ben, 'default', '')).toMatchObject({ code: 'STATE_FORBIDS' });
  });
});

describe('in the end', () => {
  it('one loan is repaid and closed, the other may be repaid still', async () => {
    const { repayments } = players.bakery.session;
    await until('the default', () => stateOf(players.bakery, roots.ben)?.status === 'defaulted');
    for (const root of Object.values(roots)) {
      expect((await repayments.repayEverything(root)).ok).toBe(true);
    }
    for (const id of ['ana', 'ben'] as const) {
      const root = roots[id];
      await until('everything repaid', () => ledgerOf(players.bank, root).repaid);
      await until('a closure', async () => (await players.bank.session.agreements.close(root)).ok);
    }
  });

  it('everybody has the same state, and nothing was refused', async () => {
    for (const id of ['ana', 'ben'] as const) {
      const root = roots[id];
      const holders = [players[id], players.bakery, players.bank];
      await until('one state hash', () => {
        const hashes = holders.map((player) => player.stateHash(root));
        const isEqual = new Set(hashes).size === 1;
        return isEqual && stateOf(players[id], root)?.status === 'closed';
      });
      const fold = players[id].session.catalog.contract(root)?.fold;
      expect(fold?.rejects).toEqual([]);
      expect(fold?.missing).toEqual([]);
      expect(fold?.state.equivocations).toEqual([]);
      const out = paymentsOf(players[id], root, 'disbursement');
      expect(out.reduce((sum, { amountMsat }) => sum + amountMsat, 0n)).toBe(INVESTED[id]);
    }
    expect(stateOf(players.ben, roots.ben)?.notices.map(({ type }) => type)).toEqual([
      'arrears',
      'default',
    ]);
  });
});
