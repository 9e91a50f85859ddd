/** Every step of a payment that is passed on against everything its wallet can say of it. */
import { describe, expect, it } from 'vitest';
import type { ForwardEntry, ForwardStep } from './journal.ts';
import { decideForward, type ForwardFacts, type HeldSide, type PaidSide } from './machine.ts';

const NOW_SEC = 1_800_000_000;
const preimage = '11'.repeat(32);

function entryAt(step: ForwardStep, change: Partial<ForwardEntry> = {}): ForwardEntry {
  return {
    contract: 'c',
    leg: 'repayment',
    n: 0,
    request: { id: '', pubkey: '', created_at: 0, kind: 2812, tags: [], content: '', sig: '' },
    paymentHash: '22'.repeat(32),
    grossMsat: '1000',
    netMsat: '990',
    inner: 'inner',
    innerExpiresAtSec: NOW_SEC + 4_000,
    expiresAtSec: NOW_SEC + 3_000,
    step,
    updatedAtMs: NOW_SEC * 1_000,
    ...change,
  };
}

const paidSide: PaidSide = { state: 'paid', preimage, feesPaidMsat: 1n };

/** Decides with enough blocks left unless said otherwise; answers in a word or two. */
function decide(
  step: ForwardStep,
  facts: Partial<ForwardFacts>,
  change: Partial<ForwardEntry> = {},
): string {
  const all = {
    nowMs: NOW_SEC * 1_000,
    askedAtMs: NOW_SEC * 1_000,
    held: 'silent' as const,
    paid: { state: 'silent' } as const,
    blocksLeft: 200,
    blocksNeeded: 156,
    ...facts,
  };
  const decided = decideForward(entryAt(step, change), all);
  return decided.act === 'note' ? decided.step : decided.act;
}

const HELD: readonly HeldSide[] = ['silent', 'none', 'open', 'accepted', 'settled', 'gone'];

// requires: FW-12, FW-13
describe('what the payer’s side says', () => {
  it.each([
    //                silent    none        open      accepted  settled    gone
    ['ordered', /*  */ 'wait', 'make', 'adopt', 'cancel', 'wait', 'cancelled'],
    ['made', /*     */ 'wait', 'wait', 'wait', 'pay', 'wait', 'cancelled'],
    ['offered', /*  */ 'wait', 'wait', 'wait', 'pay', 'wait', 'cancelled'],
    ['paying', /*   */ 'wait', 'wait', 'wait', 'wait', 'wait', 'wait'],
    ['paid', /*     */ 'settle', 'settle', 'settle', 'settle', 'settled', 'lost'],
    ['cancelling', /**/ 'cancel', 'cancelled', 'cancel', 'cancel', 'wait', 'cancelled'],
    ['settled', /*  */ 'wait', 'wait', 'wait', 'wait', 'wait', 'wait'],
    ['lost', /*     */ 'wait', 'wait', 'wait', 'wait', 'wait', 'wait'],
  ] as const)('%s', (step, ...expected) => {
    expect(HELD.map((held) => decide(step, { held }))).toEqual(expected);
  });
});

describe('what the payee’s side says', () => {
  const sentAtMs = NOW_SEC * 1_000 - 1_000;
  it.each([
    ['silent', { state: 'silent' }, 'wait'],
    ['pending', { state: 'pending' }, 'wait'],
    ['not known yet', { state: 'none' }, 'wait'],
    ['failed', { state: 'failed' }, 'cancel'],
    ['paid', paidSide, 'paid'],
  ] as const)('%s', (_name, paid, expected) => {
    expect(decide('paying', { paid }, { sentAtMs })).toBe(expected);
  });

  describe('knows nothing, and the request to pay has surely expired', () => {
    const paid = { state: 'none' } as const;
    const lost = { sentAtMs: NOW_SEC * 1_000 - 90_001 };
    const ask = (facts: Partial<ForwardFacts>, change: Partial<ForwardEntry> = {}): string =>
      decide('paying', { paid, ...facts }, { ...lost, ...change });

    it('is told the same invoice again while the payer’s money is held, and else nothing', () => {
      //                silent  none      open      accepted settled   gone
      const expected = ['wait', 'cancel', 'cancel', 'pay', 'cancel', 'cancel'];
      expect(HELD.map((held) => ask({ held }))).toEqual(expected);
    });

    it('is told it only with the blocks and the time that any first payment needs', () => {
      const held = 'accepted';
      expect(ask({ held, blocksLeft: 155 })).toBe('cancel');
      expect(ask({ held, blocksLeft: undefined })).toBe('wait');
      expect(ask({ held }, { innerExpiresAtSec: NOW_SEC + 119 })).toBe('cancel');
    });

    it('is not believed by what it said while the request could still arrive', () => {
      const asked = { held: 'accepted', askedAtMs: NOW_SEC * 1_000 - 60_000 } as const;
      expect(ask(asked)).toBe('wait');
    });

    it('is told nothing while the request may still arrive', () => {
      const sentAtMs = NOW_SEC * 1_000 - 90_000;
      expect(ask({ held: 'accepted' }, { sentAtMs })).toBe('wait');
    });
  });

  it('decides alone: while it is silent nothing is given back, whatever is held', () => {
    for (const held of HELD) expect(decide('paying', { held, blocksLeft: -5 })).toBe('wait');
  });
});

describe('time and blocks', () => {
  const held = 'accepted';
  it('pays only with the blocks that it needs', () => {
    expect(decide('offered', { held, blocksLeft: 156 })).toBe('pay');
    expect(decide('offered', { held, blocksLeft: 155 })).toBe('cancel');
    expect(decide('offered', { held, blocksLeft: undefined })).toBe('wait');
    expect(decide('offered', { held, blocksNeeded: undefined })).toBe('wait');
  });

  it('pays only an invoice that lives two minutes more', () => {
    const until = (innerExpiresAtSec: number) => decide('offered', { held }, { innerExpiresAtSec });
    expect(until(NOW_SEC + 120)).toBe('pay');
    expect(until(NOW_SEC + 119)).toBe('cancel');
  });

  it('voids what nobody paid in time', () => {
    const late = { expiresAtSec: NOW_SEC };
    expect(decide('offered', { held: 'open' }, late)).toBe('cancel');
    expect(decide('ordered', { held: 'open' }, late)).toBe('cancel');
    expect(decide('ordered', { held: 'none' }, late)).toBe('cancelled');
    expect(decide('offered', { held: 'none' }, late)).toBe('wait');
    const longAgo = { expiresAtSec: NOW_SEC - 7_200 };
    expect(decide('offered', { held: 'none' }, longAgo)).toBe('cancelled');
  });

  it('orders an invoice again only when the first order can arrive no more', () => {
    const ordered = (agoMs: number) =>
      decide('ordered', { held: 'none' }, { orderedAtMs: NOW_SEC * 1_000 - agoMs });
    expect(ordered(90_000)).toBe('wait');
    expect(ordered(90_001)).toBe('make');
  });
});
