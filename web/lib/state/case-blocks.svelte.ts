/**
 * Whether the blocks of a case are on the chain, for its page: asked of the sources the person
 * chose, or of those the client came with once the person says so. Spec: specs/disputes.md.
 */
import { blockOf } from '@realyield/protocol';
import { untrack } from 'svelte';
import type { CaseView } from '../engine/cases/case-book.ts';
import type { NamedStandings } from '../engine/cases/block-checks.ts';
import { loadPart } from '../loading.ts';
import type { BondDesk } from './bonds.svelte.ts';
import { browserClock } from './clock.ts';

const NONE: NamedStandings = new Map();

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

  /** Hosts nobody has let be asked; undefined where they may be. */
  get asleep(): readonly string[] | undefined {
    const { isAsleep, choice } = this.#bonds;
    return isAsleep ? choice.urls.map((url) => new URL(url).host) : undefined;
  }

  /** Looks up what is new in a case, unless nobody may be asked. */
  follow(view: CaseView): void {
    const steps = view.steps.filter((step) => blockOf(step)).map(({ event }) => event.id);
    const asked = [...this.#bonds.choice.urls, ...steps].join();
    if (this.#bonds.isAsleep || asked === this.#asked) return;
    this.#asked = asked;
    untrack(() => void this.#ask(view));
  }

  /** Asks now, also those the client came with. */
  askNow(view: CaseView): Promise<void> {
    this.#bonds.isAllowed = true;
    return this.#ask(view);
  }

  async #ask(view: CaseView): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    try {
      const { checkBlocks, EsploraSource } = await loadPart(() => import('./bond-parts.ts'));
      const { network, urls } = this.#bonds.choice;
      const sources = urls.map((url) => new EsploraSource(url, browserClock));
      this.standings = await checkBlocks(view, { network, sources }, browserClock);
    } catch (error) {
      console.error(error);
    } finally {
      this.isAsking = false;
    }
  }
}
