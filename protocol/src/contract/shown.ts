/**
 * What final events show of payments and terms: that stands, whatever they do not rest on.
 * Spec: specs/notices.md, "Finality".
 */
import type { ParsedRequest } from '../events.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import type { AppliedFinal, Draft } from './draft.ts';
import { isDisbursed } from './legs.ts';
import { unitsOf } from './prices.ts';
import { LEGS, type Version } from './state.ts';

/** Payments that final events show: by request and place their settled times, Unix seconds. */
export type ShownParts = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** A payment as one final event shows it. */
interface Shown {
  readonly request: ParsedRequest;
  readonly place: number;
  readonly amountUnits: bigint;
  readonly settledAtSec: number;
}

/** Whether less is owed by one of two payments of one hash. */
function owesLess(a: Shown, b: Shown, document: ContractDocument): boolean {
  const [isLent, isOtherLent] = [a, b].map((part) =>
    isDisbursed(document, part.request.document.leg),
  );
  if (isLent !== isOtherLent) return isOtherLent === true;
  if (a.amountUnits !== b.amountUnits) return a.amountUnits < b.amountUnits === isLent;
  if (a.settledAtSec !== b.settledAtSec) return a.settledAtSec > b.settledAtSec === isLent;
  return a.request.event.id < b.request.event.id;
}

function* partsOf({ paid }: AppliedFinal): Generator<Shown> {
  for (const { request, runs } of paid?.requests() ?? []) {
    const units = unitsOf(request.document);
    for (const { first, last, settledAtSec } of runs) {
      for (let place = first; place <= last; place += 1) {
        yield { request, place, settledAtSec, amountUnits: BigInt(units[place] ?? '0') };
      }
    }
  }
}

/** The payments that final events which count show; undefined where there are none. */
export function partsShown({
  finals,
  contract,
}: Pick<Draft, 'finals' | 'contract'>): ShownParts | undefined {
  if (finals.length === 0) return undefined;
  const byHash = new Map<string, Shown>();
  for (const final of finals) {
    for (const part of partsOf(final)) {
      const { leg, paymentHash } = part.request.document;
      const key = `${LEGS[leg].payee} ${paymentHash[part.place] ?? ''}`;
      const known = byHash.get(key);
      // N-23: "…where such events differ, the one by which less is owed…"
      if (!known || owesLess(part, known, contract.document)) byHash.set(key, part);
    }
  }
  const shown = new Map<string, Map<number, number>>();
  for (const { request, place, settledAtSec } of byHash.values()) {
    const times = shown.get(request.event.id) ?? new Map<number, number>();
    shown.set(request.event.id, times.set(place, settledAtSec));
  }
  return shown;
}

/** The versions that final events which count show in force, from the root's on. */
export function versionsShown({ finals }: Pick<Draft, 'finals'>): readonly Version[] {
  const inTime = [...finals].sort(
    (a, b) => a.createdAtSec - b.createdAtSec || (a.id < b.id ? -1 : 1),
  );
  let shown: readonly Version[] = [];
  for (const { versions } of inTime) {
    // N-24: "…of several such events the first by (`created_at`, id) goes before, and each other
    // adds what it shows to follow."
    const isFollowing = shown.every(({ id }, at) => versions[at]?.id === id);
    if (isFollowing) shown = [...shown, ...versions.slice(shown.length)];
  }
  return shown;
}
