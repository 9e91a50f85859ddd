/**
 * Bonds by the chain, for the whole client: one watch for all pages, loaded when the first bond is
 * looked at. Nobody is asked before the person chose sources, or said that those the client came
 * with may be.
 */
import type { BitcoinNetwork } from '@realyield/protocol';
import { getContext, setContext, untrack } from 'svelte';
import type { BondCheck, BondWatch } from '../engine/bonds/bond-watch.ts';
import type { ParsedPledge } from '../engine/bonds/pledge-book.ts';
import type { ChainSource } from '../engine/bonds/ports.ts';
import { loadPart } from '../loading.ts';
import type { App } from './app.svelte.ts';
import {
  loadNetwork,
  loadSources,
  offeredSources,
  readSource,
  saveNetwork,
  saveSources,
  sourcesFor,
  type SourceChoice,
  type TypedSource,
} from './chain-choice.ts';
import { browserClock } from './clock.ts';
import type { PublicNetwork } from './config.ts';
import type { BondsKnown } from './views/bond-cards.ts';
import type { Names } from './views/people.ts';

const CONTEXT_KEY = Symbol('bonds');

/** What was answered is nobody's in particular: all persons of a device share it. */
const STORE = 'realyield-chain';

/** The bonds of this client, and whom it asks about them. */
export class BondDesk {
  /** Counts answers: read to be drawn again. */
  version = $state(0);
  /** Whether the person let those be asked that the client came with. */
  isAllowed = $state(false);
  /** Why bonds cannot be checked on this device, as a sentence. */
  problem = $state<string | undefined>(undefined);
  #chosen = $state.raw(loadSources());
  #network = $state(loadNetwork());
  #watch = $state.raw<BondWatch | undefined>(undefined);
  #isOpening = false;
  #sources: readonly ChainSource[] = [];
  readonly #app: App;
  #isStopped = false;

  constructor(app: App) {
    this.#app = app;
  }

  /** Whom is asked, on which network. */
  get choice() {
    return this.choiceFor();
  }

  /** Whom is asked about a chain; about the one looked at unless given. */
  choiceFor(network?: BitcoinNetwork): SourceChoice {
    return sourcesFor(this.#app.world, this.#chosen, network, this.#network);
  }

  /** Whether nobody may be asked about a chain before the person says so. */
  isAsleepFor(network: BitcoinNetwork): boolean {
    const { urls, isChosen } = this.choiceFor(network);
    return urls.length === 0 || (!isChosen && !this.isAllowed);
  }

  /** Those the client came with for a chain, where none are set for it. */
  offeredFor(network: BitcoinNetwork): readonly string[] {
    const isUnset = this.choiceFor(network).urls.length === 0;
    return isUnset ? offeredSources(this.#app.world, network) : [];
  }

  /** Lets those be asked that `isAsleepFor` is about; sets the ones offered where none are set. */
  allow(network: BitcoinNetwork): void {
    const offered = this.offeredFor(network);
    if (offered.length === 0) this.isAllowed = true;
    else if (network !== 'regtest') this.#choose(offered, network);
  }

  /** Chains that are not looked at for which sources are set. */
  get others(): readonly SourceChoice[] {
    const looked = this.choice.network;
    return (['mainnet', 'testnet', 'signet'] as const)
      .filter((network) => network !== looked)
      .map((network) => this.choiceFor(network))
      .filter(({ isChosen }) => isChosen);
  }

  /** Asks nobody any more about a chain that is not looked at. */
  forget({ network }: SourceChoice): void {
    if (network !== 'regtest') this.#choose(undefined, network);
  }

  /** Whether the person has to say first that sources may be asked. */
  get isAsleep(): boolean {
    return !this.choice.isChosen && !this.isAllowed;
  }

  /** How a bond stands by what was answered; undefined while what is kept is being read. */
  check(pledge: ParsedPledge): BondCheck | undefined {
    return this.version >= 0 ? this.#watch?.check(pledge) : undefined;
  }

  /** What pages and lists show bonds from; what is kept is read once a pledge is met. */
  known(names: Names, isOnline = true): BondsKnown {
    const check = (pledge: ParsedPledge): BondCheck | undefined => {
      this.#read();
      return this.check(pledge);
    };
    return { names, check, isOnline, nowSec: untrack(() => this.#app.nowSec) };
  }

  #read(): void {
    if (this.#isOpening) return;
    this.#isOpening = true;
    this.#open().catch((error: unknown) => {
      this.problem = error instanceof Error ? error.message : 'Bonds cannot be checked here.';
    });
  }

  /** Keeps asking about bonds until the returned function is called. */
  follow(pledges: () => readonly ParsedPledge[]): () => void {
    this.#read();
    const watch = this.#watch;
    if (!watch || this.isAsleep) return () => undefined;
    const stops = untrack(() => pledges().map((pledge) => watch.watch(pledge)));
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Asks about bonds now; also the sources the client came with, from now on. */
  askNow(pledges: readonly ParsedPledge[]): void {
    this.isAllowed = true;
    for (const pledge of pledges) this.#watch?.askNow(pledge);
  }

  /** Adds a source as a person types it; what is wrong with it, otherwise. */
  add(typed: string): TypedSource {
    const read = readSource(typed, this.choice.urls);
    if (read.ok) this.#choose([...this.choice.urls, read.url]);
    return read;
  }

  /** Asks a source no more. */
  remove(url: string): void {
    this.#choose(this.choice.urls.filter((other) => other !== url));
  }

  /** Looks at another network, by the sources that are set for it or the client came with. */
  useNetwork(network: PublicNetwork): void {
    // Kept by network first: an earlier client's list is of the one looked at until now.
    saveSources(this.#chosen);
    saveNetwork(network);
    this.#network = network;
    this.#renew();
  }

  /** Goes back to those the client came with. */
  reset(): void {
    this.#choose(undefined);
  }

  /** Asks nobody any more. */
  stop(): void {
    this.#isStopped = true;
    this.#watch?.stop();
  }

  #choose(urls: readonly string[] | undefined, network: PublicNetwork = this.#network): void {
    const { [network]: _, ...others } = this.#chosen;
    this.#chosen = urls && urls.length > 0 ? { ...others, [network]: urls } : others;
    saveSources(this.#chosen);
    this.#renew();
  }

  #renew(): void {
    void this.#useSources().then(() => this.#watch?.sourcesChanged());
  }

  async #useSources(): Promise<void> {
    const { EsploraSource } = await loadPart(() => import('./bond-parts.ts'));
    this.#sources = this.choice.urls.map((url) => new EsploraSource(url, browserClock));
  }

  async #open(): Promise<void> {
    const parts = await loadPart(() => import('./bond-parts.ts'));
    const store = await parts.openIndexedDbStore(STORE);
    await this.#useSources();
    const watch = new parts.BondWatch({
      clock: browserClock,
      store,
      chosen: () => ({ network: this.choice.network, sources: this.#sources }),
    });
    watch.changed.add(() => (this.version += 1));
    await watch.load();
    if (this.#isStopped) watch.stop();
    else this.#watch = watch;
  }
}

/** Makes the client's bonds; for the layout. */
export function createBonds(app: App): BondDesk {
  return setContext(CONTEXT_KEY, new BondDesk(app));
}

/** The client's bonds. */
export function useBonds(): BondDesk {
  const bonds = getContext<BondDesk | undefined>(CONTEXT_KEY);
  if (!bonds) throw new Error('no BondDesk in context');
  return bonds;
}
