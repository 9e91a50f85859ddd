/** What an offer pins of a bond, by the pledges that are known. requires: BD-33 */
import {
  buildBond,
  pinStanding,
  readEvent,
  type ParsedBond,
  type PledgeDocument,
} from '@realyield/protocol';
import { expect, it } from 'vitest';
import { bondKeyEvent, pledgeOf } from './fixtures/bonds.ts';
import { publicOf, signAs } from './fixtures/loan.ts';

const identifier = 'bakery-oven';
const offer = { identifier, network: 'regtest', bank: publicOf('bank') } as const;

function bondIn(event: unknown): ParsedBond {
  const read = readEvent(event);
  const parsed = read.ok ? read.value.at(-1) : undefined;
  if (parsed?.name !== 'bond') throw new Error('a bond does not read');
  return parsed;
}

let made = 0;
/** A pledge that allocates so much to the offer. */
function pledge(valueSat: string, changes: Partial<PledgeDocument> = {}): ParsedBond {
  const allocations = valueSat === '0' ? [] : [{ offer: identifier, valueSat }];
  const document = pledgeOf({ allocations, ...changes });
  return bondIn(signAs('bank', buildBond(document, 1_800_000_000 + (made += 1))));
}

const first = pledge('600000');
const pinned = { pledge: first.event.id, allocationSat: '600000' };
const next = (before: ParsedBond, valueSat: string, changes: Partial<PledgeDocument> = {}) =>
  pledge(valueSat, { replaces: before.event.id, ...changes });
const standing = (known: readonly ParsedBond[], of = pinned, at: object = {}) =>
  pinStanding(of, { ...offer, ...at }, known);

it('is unseen until the pledge is, and kept while nothing takes its place', () => {
  expect(standing([])).toEqual({ state: 'unseen' });
  expect(standing([pledge('600000')])).toEqual({ state: 'unseen' });
  expect(standing([first])).toMatchObject({ state: 'kept', allocatedSat: 600_000n });
  const half = { ...pinned, allocationSat: '300000' };
  expect(standing([first], half)).toMatchObject({ state: 'kept', allocatedSat: 600_000n });
  const other = next(pledge('5'), '1');
  expect(standing([first, other]).state).toBe('kept');
});

it('is wrong where the event does not say what is pinned, and how', () => {
  const reason = (known: ParsedBond, at: object = {}) =>
    standing([known], { ...pinned, pledge: known.event.id }, at);
  expect(reason(bondIn(bondKeyEvent('trustee')))).toMatchObject({ reason: 'noPledge' });
  expect(reason(first, { bank: publicOf('other bank') })).toMatchObject({ reason: 'otherBank' });
  expect(reason(first, { network: 'signet' })).toMatchObject({ reason: 'otherNetwork' });
  const locked = pledge('0', { holders: undefined });
  expect(reason(locked)).toMatchObject({ reason: 'timeLocked', allocatedSat: 0n });
  expect(reason(pledge('599999'))).toMatchObject({ reason: 'less', allocatedSat: 599_999n });
  expect(reason(first, { identifier: 'mill' })).toMatchObject({
    ...{ state: 'wrong', reason: 'less', allocatedSat: 0n },
  });
});

it('is replaced by what the bank pledged since, by the last of it', () => {
  const second = next(first, '600000');
  const third = next(second, '250000');
  // Nothing has changed for the offer, and yet it is another pledge now.
  expect(standing([first, second])).toMatchObject({ state: 'replaced', allocatedSat: 600_000n });
  const last = standing([third, first, second]);
  expect(last).toMatchObject({ state: 'replaced', allocatedSat: 250_000n, pledge: third });
  const away = next(first, '0', { allocations: [{ offer: 'mill', valueSat: '600000' }] });
  expect(standing([first, away])).toMatchObject({ state: 'replaced', allocatedSat: 0n });
  const locked = next(first, '0', { holders: undefined });
  expect(standing([first, locked])).toMatchObject({ state: 'replaced', allocatedSat: 0n });
});

it('is the least of what several say that take its place', () => {
  const [one, two] = [next(first, '500000'), next(first, '400000')];
  expect(standing([first, one, two])).toMatchObject({ allocatedSat: 400_000n, pledge: two });
});

it('is not replaced by whoever is not its bank', () => {
  const stranger = next(first, '1');
  const event = { ...stranger.event, pubkey: publicOf('stranger') };
  const foreign: ParsedBond = { ...stranger, event };
  expect(standing([first, foreign]).state).toBe('kept');
});
