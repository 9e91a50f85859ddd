/**
 * Whether the blocks of a case are on the chain, for its page: asked of the sources the person
 * chose, or of those the client came with once the person says so. Spec: specs/disputes.md.
 */
import { blockOf, type BitcoinNetwork } from '@realyield/protocol';
import { untrack } from 'svelte';
import type { CaseView } from '../engine/cases/case-book.ts';
import { networkOf, type NamedStandings } from '../engine/cases/block-checks.ts';
import { loadPart } from '../loading.ts';
import type { BondDesk } from './bonds.svelte.ts';
import { browserClock } from './clock.ts';

const NONE: NamedStandings = new Map();

/** Whose word it takes before the blocks of a case are looked up. */
export interface BlocksAsleep {
  readonly network: BitcoinNetwork;
  /** Whether sources are set for the case's chain. */
  readonly isSet: boolean;
  /** Those that would be asked; none where nobody knows the chain. */
  readonly urls: readonly string[];
}

/** What was answered about the blocks of one case. */
export class CaseBlocks {
  standings = $state.raw<NamedStandings>(NONE);
  isAsking = $state(false);
  /** The steps and sources that were asked about last: not asked again by themselves. */
  #asked = '';
  readonly #bonds: BondDesk;

  constructor(bonds: BondDesk) {
    this.#bonds = bonds;
  }

  /** Why nobody may be asked about the chain of a case; undefined where they may. */
  asleep(view: CaseView): BlocksAsleep | undefined {
    const network = networkOf(view);
    if (network === undefined || !this.#bonds.isAsleepFor(network)) return undefined;
    const { urls } = this.#bonds.choiceFor(network);
    const isSet = urls.length > 0;
    return { network, isSet, urls: isSet ? urls : this.#bonds.offeredFor(network) };
  }

  /** Looks up what is new in a case, unless nobody may be asked. */
  follow(view: CaseView): void {
    // DI-39: "A client MUST look up the blocks of a case at sources of the chain of its contract…"
    const network = networkOf(view);
    if (network === undefined || this.#bonds.isAsleepFor(network)) return;
    const steps = view.steps.filter((step) => blockOf(step)).map(({ event }) => event.id);
    const asked = [...this.#bonds.choiceFor(network).urls, ...steps].join();
    if (asked === this.#asked) return;
    this.#asked = asked;
    untrack(() => void this.#ask(view, network));
  }

  /** Asks now, also those the client came with; where none are set, sets them. */
  async askNow(view: CaseView): Promise<void> {
    const network = networkOf(view);
    if (network === undefined) return;
    this.#bonds.allow(network);
    await this.#ask(view, network);
  }

  async #ask(view: CaseView, network: BitcoinNetwork): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    try {
      const { checkBlocks, EsploraSource } = await loadPart(() => import('./bond-parts.ts'));
      const { urls } = this.#bonds.choiceFor(network);
      const sources = urls.map((url) => new EsploraSource(url, browserClock));
      this.standings = await checkBlocks(view, { network, sources }, browserClock);
    } catch (error) {
      console.error(error);
    } finally {
      this.isAsking = false;
    }
  }
}
