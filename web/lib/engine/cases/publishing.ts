/** Steps of cases: tried on the fold, signed, kept and sent. Spec: specs/disputes.md. */
import {
  buildDispute,
  caseOf,
  foldDispute,
  readEvent,
  reject,
  type DisputeDocument,
  type ParsedDispute,
  type Result,
  type VerifiedEvent,
} from '@realyield/protocol';
import { eventRow, type Desk } from '../desk.ts';
import type { EventTemplate, Signer } from '../ports.ts';
import type { CaseView } from './case-book.ts';

/** Steps a step names as known, at most. */
const MOST_NAMED = 64;

/** What a step may have to rest on to count, and how many of each are named at most. */
const DECISIVE = { ruling: 8, taken: 8, fallback: 8, join: 24 } as const;

/**
 * Ids of the case's steps that no other names: what whoever signs next has seen. Where they are
 * more than a step can name, what decides the case is named whether or not another step names it:
 * nobody keeps a step from counting by saying very much.
 */
export function caseHeads({ steps }: Pick<CaseView, 'steps'>): string[] {
  const named = new Set(steps.flatMap(({ document }) => document.prev));
  const ids = steps.map(({ event }) => event.id);
  const heads = ids.filter((id) => !named.has(id));
  if (heads.length <= MOST_NAMED) return heads.sort();
  const decisive = Object.entries(DECISIVE).flatMap(([type, most]) =>
    steps.filter(({ document }) => document.type === type).slice(0, most),
  );
  const first = decisive.map(({ event }) => event.id);
  return [...new Set([...first, ...heads])].slice(0, MOST_NAMED).sort();
}

/** A time for one's next step: now, and never before one's own last. */
export function stepTimeSec(desk: Desk, steps: readonly ParsedDispute[], author: string): number {
  const own = steps.filter(({ event }) => event.pubkey === author);
  return Math.max(desk.clock.nowSec(), ...own.map(({ event }) => event.created_at));
}

/** What the fold would say to one more step. */
function judge({ catalog }: Desk, parsed: ParsedDispute): Result<string> {
  const id = caseOf(parsed);
  const steps = [...catalog.cases.stepsOf(id), parsed];
  const states = catalog.cases.statesOf(steps);
  const made = foldDispute(id, steps, states, catalog.cases.others(id, [...states.keys()]));
  if (!made.ok) return made;
  const refused = made.value.rejects.find((each) => each.id === parsed.event.id);
  return refused ? reject(refused.code) : { ok: true, value: parsed.event.id };
}

/** What the fold would say, before anybody is asked to sign. */
export function judgeUnsigned(
  desk: Desk,
  signer: Signer,
  document: DisputeDocument,
  atSec: number,
): Result<string> {
  const blank = { id: 'f'.repeat(64), sig: '', pubkey: signer.publicKey };
  // Not signed, so not verified: it is judged and goes nowhere.
  const event = { ...buildDispute(document, atSec), ...blank } as VerifiedEvent;
  return judge(desk, { name: 'dispute', event, document });
}

function deliveryUrls({ catalog, directory }: Desk, roots: readonly string[]): string[] {
  const views = roots.map((root) => catalog.contract(root)).filter((view) => view !== undefined);
  return [...new Set(views.flatMap(({ fold }) => directory.deliveryUrls(fold.state)))];
}

/** Signs a step and publishes it where the case's contracts are, unless the fold refuses it. */
export async function publishStep(
  desk: Desk,
  signer: Signer,
  template: EventTemplate,
  roots: readonly string[],
): Promise<Result<string>> {
  const event = await signer.sign(template);
  const read = readEvent(event);
  if (!read.ok) return read;
  const parsed = read.value.at(-1);
  if (parsed?.name !== 'dispute') return reject('EVENT_SHAPE');
  const judged = judge(desk, parsed);
  if (!judged.ok) return judged;
  const parcel = desk.outbox.entry(event, deliveryUrls(desk, roots));
  await desk.store.write([eventRow(event, parsed.document.contract), parcel]);
  await desk.catalog.add([event], 'this device');
  await desk.outbox.push(parcel);
  return judged;
}
