/**
 * The fold: a set of events of one contract → its state. No clock; any permutation or duplication
 * of the same set gives the same state. Spec: specs/contract.md, "Fold".
 */
import type { ParsedContract, ParsedEvent, ParsedRequest } from '../events.ts';
import { ok, reject, type Result } from '../result.ts';
import { append, applyAll, isAppendable, toFold, type Applied, type Fold } from './applied.ts';
import { phaseOf } from './acts.ts';
import { isAbout } from './draft.ts';
import { compareForApplication } from './phases.ts';

export type { Fold } from './applied.ts';

/**
 * One contract's events, added as they come. The fold is always that of the set so far; a receipt
 * or answer that changes nothing of what came before costs no more than its own parts, anything
 * else folds the set anew when the fold is next asked for. What was given out never changes.
 */
export class ContractFold {
  readonly root: string;
  readonly #acts = new Map<string, ParsedEvent>();
  /** Requests enter only through receipts; these are all that came, whether or not one did. */
  readonly #known = new Map<string, ParsedRequest>();
  /** Terms that would replace the contract's, whether or not anybody signed them. */
  readonly #amendments = new Map<string, ParsedContract>();
  #contract: ParsedContract | undefined;
  #applied: Applied | undefined;
  #fold: Fold | undefined;

  constructor(root: string) {
    this.root = root;
  }

  /** Adds events of the contract, each id once; others are left aside. */
  add(events: Iterable<ParsedEvent>): void {
    for (const parsed of events) {
      // C-14: "The fold takes the events whose document names the root as its contract, or among
      // its contracts, each id once…"
      if (isAbout(parsed, this.root)) this.#addOwn(parsed);
    }
  }

  #addOwn(parsed: ParsedEvent): void {
    const { id } = parsed.event;
    if (parsed.name === 'request') {
      if (this.#known.has(id)) return;
      this.#known.set(id, parsed);
      if (this.#applied?.unproven.has(id)) this.#forget();
      return;
    }
    // It is checked with the receipt that embeds it, and proves nothing by itself.
    if (parsed.name === 'forward') return;
    // DI-2: "A dispute step is no event of the contract: it changes nothing of what the contract's
    // fold yields…"
    if (parsed.name === 'dispute') return;
    if (parsed.name === 'contract') {
      this.#addTerms(parsed);
      return;
    }
    if (this.#acts.has(id)) return;
    this.#acts.set(id, parsed);
    this.#fold = undefined;
    if (this.#applied && !this.#append(this.#applied, parsed)) this.#forget();
  }

  #addTerms(parsed: ParsedContract): void {
    const { id } = parsed.event;
    if (id === this.root ? this.#contract : this.#amendments.has(id)) return;
    if (id === this.root) this.#contract = parsed;
    else this.#amendments.set(id, parsed);
    this.#forget();
  }

  #forget(): void {
    this.#applied = undefined;
    this.#fold = undefined;
  }

  #append(applied: Applied, parsed: ParsedEvent): boolean {
    if (!isAppendable(applied, parsed)) return false;
    if (parsed.name === 'receipt') this.#enter(applied.requests, parsed.document.request.id);
    const refused = append(applied, parsed);
    if (!refused) return true;
    const acts = [...applied.rejects, refused].flatMap((entry) => {
      const act = this.#acts.get(entry.id);
      return act ? [{ entry, parsed: act, phase: phaseOf(act) }] : [];
    });
    applied.rejects = acts.sort(compareForApplication).map(({ entry }) => entry);
    return true;
  }

  /** A request that a receipt or an answer to a tender embeds is one of the set. */
  #enter(requests: Map<string, ParsedRequest>, id: string): void {
    const request = this.#known.get(id);
    if (request) requests.set(request.event.id, request);
  }

  /** The fold of all events so far; CONTRACT_UNKNOWN while the contract is not among them. */
  fold(): Result<Fold> {
    if (!this.#contract) return reject('CONTRACT_UNKNOWN', this.root);
    if (!this.#applied) {
      const acts = [...this.#acts.values()];
      const requests = new Map<string, ParsedRequest>();
      for (const parsed of acts) {
        const embeds = parsed.name === 'receipt' || parsed.name === 'tenderAnswer';
        if (embeds) this.#enter(requests, parsed.document.request.id);
      }
      this.#applied = applyAll(this.#contract, { acts, requests, amendments: this.#amendments });
    }
    return ok((this.#fold ??= toFold(this.#applied)));
  }
}

/**
 * Folds the events of the contract with this id; others are left aside. Answers
 * CONTRACT_UNKNOWN while the contract event itself is not in the set.
 */
export function foldContract(root: string, input: Iterable<ParsedEvent>): Result<Fold> {
  const fold = new ContractFold(root);
  fold.add(input);
  return fold.fold();
}
