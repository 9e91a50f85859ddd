/**
 * Contracts folded from what is known here, each event added once: a long stream costs no more
 * than its own length. Events dated ahead are added when their time comes.
 */
import {
  computeStateHash,
  ContractFold,
  type ContractState,
  type Fold,
  type ParsedEvent,
} from '@realyield/protocol';
import type { Clock } from './ports.ts';
import { Ripening } from './ripe.ts';

/** A contract as this client sees it now. */
export interface ContractView {
  readonly root: string;
  readonly fold: Fold;
  /** Computed when first read. */
  readonly stateHash: string;
}

interface Growing {
  readonly fold: ContractFold;
  /** Events not yet added: new ones, and those dated ahead. */
  waiting: ParsedEvent[];
  view: ContractView | undefined;
}

function viewOf(root: string, fold: Fold): ContractView {
  let stateHash: string | undefined;
  const { state }: { state: ContractState } = fold;
  return {
    root,
    fold,
    get stateHash() {
      return (stateHash ??= computeStateHash(state));
    },
  };
}

/** One fold for each contract that was asked for. */
export class Folds {
  readonly #growing = new Map<string, Growing>();
  readonly #ripening: Ripening;
  readonly #eventsOf: (root: string) => readonly ParsedEvent[];

  /** `eventsOf` gives what is known of a contract so far; `ripe` is told when more comes of age. */
  constructor(clock: Clock, eventsOf: (root: string) => readonly ParsedEvent[], ripe: () => void) {
    this.#eventsOf = eventsOf;
    this.#ripening = new Ripening(clock, (root) => {
      const growing = this.#growing.get(root);
      if (growing) growing.view = undefined;
      ripe();
    });
  }

  /** An event of a contract has come. */
  add(root: string, parsed: ParsedEvent): void {
    const growing = this.#growing.get(root);
    // What was never asked for is folded whole when it is.
    if (!growing) return;
    growing.waiting.push(parsed);
    growing.view = undefined;
  }

  /** A contract as it stands, or undefined while its terms are not known. */
  view(root: string): ContractView | undefined {
    const growing = this.#growing.get(root) ?? this.#begin(root);
    if (growing.view) return growing.view;
    const ripe = new Set(this.#ripening.events(root, growing.waiting));
    growing.waiting = growing.waiting.filter((parsed) => !ripe.has(parsed));
    growing.fold.add(ripe);
    const fold = growing.fold.fold();
    if (fold.ok) growing.view = viewOf(root, fold.value);
    return growing.view;
  }

  #begin(root: string): Growing {
    const waiting = [...this.#eventsOf(root)];
    const growing: Growing = { fold: new ContractFold(root), waiting, view: undefined };
    // Roots that anybody may ask for are not kept before there is something to know of them.
    if (waiting.length > 0) this.#growing.set(root, growing);
    return growing;
  }

  /** Forgets all timers. */
  stop(): void {
    this.#ripening.stop();
  }
}
