/**
 * Cases folded from what is known here. Whoever only tags a contract makes no case of it: what the
 * fold refuses is kept apart, with why. Spec: specs/disputes.md.
 */
import {
  CLOCK_TOLERANCE_SEC,
  blockOf,
  caseOf,
  caseRecord,
  foldDispute,
  isEarlier,
  type CaseRecord,
  type ContractState,
  type DisputeCase,
  type ParsedDispute,
  type OtherOutcome,
  type ParsedEvent,
  type RejectCode,
} from '@realyield/protocol';
import type { ContractView } from '../folds.ts';
import type { Clock } from '../ports.ts';
import { CLAIMS, openedOn, rankedClaims, type ClaimedContracts } from './claim-rank.ts';

/** A case as this client sees it now. */
export interface CaseView {
  readonly id: string;
  readonly fold: DisputeCase;
  /** Steps that count, in their order. */
  readonly steps: readonly ParsedDispute[];
  /** The contracts its steps speak of, as they stand. */
  readonly states: ReadonlyMap<string, ContractState>;
}

/** A step that does not count, and why. */
export interface RefusedStep {
  readonly id: string;
  readonly code: RejectCode;
}

type Folded = { readonly view: CaseView } | { readonly refused: RejectCode };

interface Kept {
  readonly states: ReadonlyMap<string, ContractState>;
  readonly count: number;
  readonly folded: Folded;
}

/** A case folded beside others, and what that rests on. */
interface Beside {
  readonly alone: Folded;
  readonly before: readonly OtherOutcome[];
  readonly folded: Folded;
}

/** What a case came to, for cases that share its contracts. */
function outcomeIn(folded: Folded | undefined): OtherOutcome | undefined {
  if (!folded || !('view' in folded)) return undefined;
  const { outcome, reason } = folded.view.fold;
  return outcome && { outcome, reason };
}

/** So many contracts can be awarded something in a case. */
const MOST_CONTRACTS = 100;

/** Blocks are dated by clocks of their own, which may be ahead by two hours. */
const BLOCK_AHEAD_SEC = 7_200;

/** Where contracts and the time come from. */
export interface CaseBookPorts {
  readonly clock: Pick<Clock, 'nowSec'>;
  readonly contract: (root: string) => ContractView | undefined;
  /** Whether every relay was asked for a contract, and has sent what it has of it. */
  readonly wasAsked?: (root: string) => boolean;
}

function isSame(one: Kept['states'], other: Kept['states']): boolean {
  return one.size === other.size && [...one].every(([root, state]) => other.get(root) === state);
}

/** The cases a catalog holds. */
export class CaseBook {
  readonly #ports: CaseBookPorts;
  readonly #steps = new Map<string, Map<string, ParsedDispute>>();
  readonly #byContract = new Map<string, Set<string>>();
  readonly #kept = new Map<string, Kept>();
  readonly #beside = new Map<string, Beside>();

  readonly #contracts: ClaimedContracts = {
    state: (root) => this.#ports.contract(root)?.fold.state,
    wasAsked: (root) => this.#ports.wasAsked?.(root) ?? false,
  };

  constructor(ports: CaseBookPorts) {
    this.#ports = ports;
  }

  /** Takes in what is a step of a case, and leaves aside what is not. */
  add(parsed: ParsedEvent): void {
    if (parsed.name !== 'dispute') return;
    const id = caseOf(parsed);
    const steps = this.#steps.get(id) ?? new Map<string, ParsedDispute>();
    this.#steps.set(id, steps.set(parsed.event.id, parsed));
    const { contract } = parsed.document;
    const ids = this.#byContract.get(contract) ?? new Set<string>();
    this.#byContract.set(contract, ids.add(id));
  }

  /** A case; undefined where its opening is not known or does not count. */
  find(id: string): CaseView | undefined {
    const folded = this.#fold(id);
    return folded && 'view' in folded ? folded.view : undefined;
  }

  /** Every case, newest first. */
  all(): readonly CaseView[] {
    return this.#those([...this.#steps.keys()]);
  }

  /** Cases of which any step is known, whether or not they count. */
  ids(): readonly string[] {
    return [...this.#steps.keys()];
  }

  /** What became of the cases that were opened on a bank's contracts. */
  recordOfBank(bank: string, asOfSec: number): CaseRecord {
    const judged = this.all().flatMap(({ fold, states }) => {
      const state = states.get(fold.contract);
      return state?.contract.document.parties.bank.pubkey === bank ? [{ fold, state }] : [];
    });
    return caseRecord(judged, asOfSec);
  }

  /** Cases a contract is in, newest first. */
  ofContract(root: string): readonly CaseView[] {
    const views = this.#those([...(this.#byContract.get(root) ?? [])]);
    return views.filter(({ fold }) => fold.contracts.includes(root));
  }

  /** Steps that count in cases a contract is in, and name it. */
  stepIds(root: string): readonly string[] {
    const steps = this.ofContract(root).flatMap((view) => view.steps);
    const own = steps.filter(({ document }) => document.contract === root);
    return own.map(({ event }) => event.id);
  }

  /** Steps that name a contract and do not count. */
  refused(root: string): readonly RefusedStep[] {
    const ids = [...(this.#byContract.get(root) ?? [])];
    return ids.flatMap((id) => {
      const folded = this.#fold(id);
      if (!folded) return [];
      return 'refused' in folded ? [{ id, code: folded.refused }] : folded.view.fold.rejects;
    });
  }

  /** Outcomes of other cases on these contracts: they share its payments. */
  others(id: string, roots: readonly string[]): readonly OtherOutcome[] {
    return this.#sharing(id, roots).flatMap((other) => outcomeIn(this.#fold(other)) ?? []);
  }

  /** All steps of a case that are known, whether or not they count. */
  stepsOf(id: string): readonly ParsedDispute[] {
    // DI-46: "A client MUST set aside a step that is dated ahead of its clock, or names a block
    // that is by more than two hours, until that time comes…"
    const latestSec = this.#ports.clock.nowSec() + CLOCK_TOLERANCE_SEC;
    const known = [...(this.#steps.get(id)?.values() ?? [])];
    return known.filter((step) => {
      const blockSec = blockOf(step)?.medianTimeSec ?? 0;
      return step.event.created_at <= latestSec && blockSec <= latestSec + BLOCK_AHEAD_SEC;
    });
  }

  /**
   * Contracts claims are made on in a case, whether or not they count: what it is judged by. The
   * opener's first, then those whose claimant signed, as far as they are read: anybody can sign
   * very many joins, each by another key. What no relay has makes room for others to be read.
   */
  claimedOn(id: string): readonly string[] {
    const claims = this.stepsOf(id).filter(({ document }) => CLAIMS.has(document.type));
    const roots = rankedClaims(id, claims, this.#contracts).map(
      ({ document }) => document.contract,
    );
    return [...new Set(roots)].slice(0, MOST_CONTRACTS);
  }

  /** The contract a case is about, where who opened it may claim on it. */
  openedOn(id: string): ContractState | undefined {
    return openedOn(this.#steps.get(id)?.get(id), this.#contracts);
  }

  #those(ids: readonly string[]): CaseView[] {
    const views = ids.map((id) => this.find(id)).filter((view) => view !== undefined);
    return views.sort((a, b) => b.fold.openedAtSec - a.fold.openedAtSec);
  }

  /** The folds of the contracts that steps speak of. */
  statesOf(steps: readonly ParsedDispute[]): ReadonlyMap<string, ContractState> {
    const states = new Map<string, ContractState>();
    for (const { document } of steps) {
      const state = this.#ports.contract(document.contract)?.fold.state;
      if (state) states.set(document.contract, state);
    }
    return states;
  }

  /** Other cases in which a step names one of these contracts. */
  #sharing(id: string, roots: readonly string[]): string[] {
    const ids = roots.flatMap((root) => [...(this.#byContract.get(root) ?? [])]);
    return [...new Set(ids)].filter((other) => other !== id);
  }

  /** A case beside those decided before it on its contracts; each rests on earlier ones alone. */
  #fold(id: string): Folded | undefined {
    const alone = this.#alone(id);
    const own = outcomeIn(alone);
    if (!alone || !('view' in alone) || !own) return alone;
    const { states, fold } = alone.view;
    const before = this.#sharing(id, fold.contracts).flatMap((other) => {
      const decided = outcomeIn(this.#alone(other));
      const isBefore = decided && isEarlier(decided.outcome, own.outcome);
      return isBefore ? (outcomeIn(this.#fold(other)) ?? []) : [];
    });
    if (before.length === 0) return alone;
    const beside = this.#beside.get(id);
    const isKept =
      beside?.alone === alone &&
      beside.before.length === before.length &&
      before.every(({ outcome }, index) => beside.before[index]?.outcome === outcome);
    if (isKept) return beside.folded;
    const all = this.stepsOf(id);
    const made = foldDispute(id, all, states, before);
    const folded = made.ok ? { view: viewOf(id, made.value, all, states) } : alone;
    this.#beside.set(id, { alone, before, folded });
    return folded;
  }

  /** A case by itself. */
  #alone(id: string): Folded | undefined {
    const steps = this.stepsOf(id);
    if (steps.length === 0) return undefined;
    const states = this.statesOf(steps);
    const kept = this.#kept.get(id);
    if (kept && kept.count === steps.length && isSame(kept.states, states)) return kept.folded;
    const made = foldDispute(id, steps, states);
    const folded = made.ok
      ? { view: viewOf(id, made.value, steps, states) }
      : { refused: made.code };
    this.#kept.set(id, { states, count: steps.length, folded });
    return folded;
  }
}

function viewOf(
  id: string,
  fold: DisputeCase,
  all: readonly ParsedDispute[],
  states: ReadonlyMap<string, ContractState>,
): CaseView {
  const byId = new Map(all.map((parsed) => [parsed.event.id, parsed]));
  const steps = fold.applied.flatMap((step) => byId.get(step) ?? []);
  return { id, fold, steps, states };
}
