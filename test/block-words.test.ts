/** Blocks that steps of a case name, in words. */
import { expect, it } from 'vitest';
import { foldDispute, type ParsedDispute } from '@realyield/protocol';
import { TestCase, unpaidLoan } from '../protocol/src/testing/disputes.ts';
import type { NamedStanding } from '../web/lib/engine/cases/block-checks.ts';
import type { CaseView } from '../web/lib/engine/cases/case-book.ts';
import { blocksSummary, blockView, deniedIds } from '../web/lib/state/views/block-words.ts';

const made = new TestCase(unpaidLoan());
const opened = made.open(1_020_000_000n);
const answer = made.respond();
const taken = made.take();
const folded = foldDispute(made.id, made.parsed, made.states);
if (!folded.ok) throw new Error(folded.code);
const steps = made.parsed.filter((parsed): parsed is ParsedDispute => parsed.name === 'dispute');
const view: CaseView = { id: made.id, fold: folded.value, steps, states: made.states };

const stepOf = (id: string): ParsedDispute => {
  const step = steps.find(({ event }) => event.id === id);
  if (!step) throw new Error(id);
  return step;
};
const standingsOf = (opening: NamedStanding, taking: NamedStanding) =>
  new Map([
    [opened.id, opening],
    [taken.id, taking],
  ]);
const checked: NamedStanding = { state: 'checked' };
const denied: NamedStanding = { state: 'denied', reason: 'otherBlock' };

it('says not checked until somebody was asked, and why, requires: DI-33', () => {
  expect(blockView(stepOf(opened.id), new Map())).toMatchObject({
    height: 900_100,
    status: { text: 'not checked' },
    why: 'Nobody was asked about it.',
  });
  expect(blockView(stepOf(answer.id), new Map())).toBeUndefined();
  expect(blocksSummary(view, new Map())).toMatchObject({
    kind: 'waiting',
    title: 'Not checked: 2 blocks that steps name.',
  });
});

it('says checked, and which step names a block that there is not', () => {
  const fine = standingsOf(checked, checked);
  expect(blockView(stepOf(taken.id), fine)).toMatchObject({ status: { text: 'checked' } });
  expect(blocksSummary(view, fine).kind).toBe('done');
  const bad = standingsOf(denied, checked);
  expect(blockView(stepOf(opened.id), bad)?.status).toEqual({
    ...{ text: 'no such block', tone: 'problem' },
  });
  expect(blocksSummary(view, bad).title).toBe('The opening names a block that there is not.');
  expect([...deniedIds(bad)]).toEqual([opened.id]);
});
