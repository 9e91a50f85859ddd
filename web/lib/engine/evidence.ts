/**
 * Keeps the evidence of a person's own contracts on the relays those contracts name: what a relay
 * lacks is published again, whoever signed it. Rarely: a relay is compared once an hour for each
 * contract, and when it has come back; what it refuses is not pressed upon it.
 */
import type { ParsedEvent, SignedEvent } from '@realyield/protocol';
import { relayAddress } from '../nostr/address.ts';
import { ownContract, type Desk } from './desk.ts';
import { contractRelays } from './parties.ts';

const HOUR_SEC = 3_600;
/** A relay that comes and goes is not served each time, seconds. */
const RETURN_SEC = 60;
const LOOK_MS = 60_000;
/** So many comparisons are made at one look. */
const MOST_AT_ONCE = 5;
/** So many events are sent at once; the next follow when the relay has answered. */
const MOST_IN_FLIGHT = 10;
/** Ids in one question, where a relay cannot compare. */
const IDS_IN_QUESTION = 100;
const KEY = 'evidence|compared';

/** What came of sending evidence again to one relay. */
export interface SentAgain {
  readonly url: string;
  readonly sent: number;
  /** The relay has its reasons, such as that the author deleted it there. */
  readonly refused: number;
}

/** The keeper of one person's evidence. */
export class EvidenceKeeper {
  readonly #desk: Desk;
  readonly #mayRun: () => boolean;
  /** When each relay was last compared for each contract, seconds. */
  readonly #compared = new Map<string, number>();
  readonly #seenOnce = new Set<string>();
  readonly #refused = new Set<string>();
  readonly #stops: (() => void)[] = [];
  #stopTimer: (() => void) | undefined;
  #work: Promise<unknown> = Promise.resolve();
  #isStopped = false;

  constructor(desk: Desk, mayRun: () => boolean) {
    this.#desk = desk;
    this.#mayRun = mayRun;
  }

  /** Begins to compare. */
  async start(): Promise<void> {
    const kept = (await this.#desk.store.get('settings', KEY)) as
      Record<string, number> | undefined;
    for (const [key, atSec] of Object.entries(kept ?? {})) this.#compared.set(key, atSec);
    this.#stops.push(
      this.#desk.catalog.compared.add(({ roots, url }) => {
        for (const root of roots) this.#answered(root, url);
      }),
    );
    this.#lookLater();
  }

  /** Compares now, because the person asks, and sends what relays lack. */
  async sendAgain(root: string): Promise<readonly SentAgain[]> {
    await this.#desk.catalog.askAgain(root);
    const sent: SentAgain[] = [];
    for (const url of this.#relaysOf(root)) {
      if (!this.#desk.catalog.comparedRelays(root).some((other) => isSame(other, url))) continue;
      this.#forgetRefusals(url);
      sent.push(await this.#send(root, url, this.#gapAt(root, url)));
    }
    return sent;
  }

  /** Stops; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#stopTimer?.();
    for (const stop of this.#stops) stop();
    await this.#work;
  }

  /** A relay has sent all it has of a contract: at the start, or after it came back. */
  #answered(root: string, url: string): void {
    const key = keyOf(root, url);
    const isReturn = this.#seenOnce.has(key);
    this.#seenOnce.add(key);
    const isDue = this.#isDue(key, isReturn ? RETURN_SEC : HOUR_SEC);
    // Too soon after the last time: it is compared at the next look.
    if (isReturn && !isDue) this.#compared.delete(key);
    if (!isDue || !this.#relaysOf(root).some((own) => isSame(own, url))) return;
    this.#do(async () => {
      if (!this.#mayRun()) return;
      await this.#note(key);
      await this.#send(root, url, this.#gapAt(root, url));
    });
  }

  #lookLater(): void {
    this.#stopTimer = this.#desk.clock.after(LOOK_MS, () => {
      this.#do(() => this.#look());
      this.#lookLater();
    });
  }

  async #look(): Promise<void> {
    if (!this.#mayRun()) return;
    const due = this.#desk.catalog
      .roots()
      .flatMap((root) => this.#relaysOf(root).map((url) => ({ root, url })))
      .filter(({ root, url }) => this.#isDue(keyOf(root, url), HOUR_SEC));
    for (const { root, url } of due.slice(0, MOST_AT_ONCE)) {
      if (this.#isStopped) return;
      await this.#note(keyOf(root, url));
      const ids = await this.#findLacking(root, url);
      if (ids) await this.#send(root, url, ids);
    }
  }

  /** Ids the relay lacks; undefined where it does not answer. */
  async #findLacking(root: string, url: string): Promise<readonly string[] | undefined> {
    const { relays, catalog } = this.#desk;
    const held = this.#heldOf(root).map(({ event }) => event);
    const later = held.filter(({ id }) => id !== root);
    const lacking = await relays.lacking(url, { '#e': [root] }, later);
    const asked = lacking === undefined ? held.map(({ id }) => id) : [root];
    const missing = new Set(lacking ?? []);
    for (let at = 0; at < asked.length; at += IDS_IN_QUESTION) {
      const ids = asked.slice(at, at + IDS_IN_QUESTION);
      const answer = await relays.query([{ ids }], { urls: [url] });
      if (answer.complete.length === 0) return undefined;
      // A forged copy under the same id is not the event.
      const shown = new Set(answer.events.map((raw) => catalog.findExactly(raw)?.event.id));
      for (const id of ids) if (!shown.has(id)) missing.add(id);
    }
    return [...missing];
  }

  async #send(root: string, url: string, ids: readonly string[]): Promise<SentAgain> {
    const wanted = new Set(ids);
    const events = this.#heldOf(root)
      .filter(({ event }) => wanted.has(event.id) && !this.#refused.has(`${url}|${event.id}`))
      .map(({ event }) => plain(event));
    let [sent, refused] = [0, 0];
    for (let at = 0; at < events.length && !this.#isStopped; at += MOST_IN_FLIGHT) {
      const batch = events.slice(at, at + MOST_IN_FLIGHT);
      const outcomes = await Promise.all(
        batch.map(async (event) => {
          const [outcome] = await this.#desk.relays.publish(event, [url]);
          const isRefused = /^(invalid|blocked|restricted|pow):/.test(outcome?.reason ?? '');
          if (isRefused && outcome?.accepted === false) this.#refused.add(`${url}|${event.id}`);
          return outcome;
        }),
      );
      sent += outcomes.filter((outcome) => outcome?.accepted === true).length;
      refused += outcomes.filter((outcome) => outcome?.accepted === false).length;
    }
    if (sent > 0) this.#tell(root, url, sent);
    return { url, sent, refused };
  }

  #tell(root: string, url: string, sent: number): void {
    const what = sent === 1 ? 'one event' : `${sent} events`;
    const sentence = `${url} had lost ${what} of this contract, and has it again.`;
    this.#desk.activity.add({ contract: root, level: 'info', code: 'SENT_AGAIN', sentence });
  }

  /** What parties published in a contract in which this person has a role. */
  #heldOf(root: string): readonly ParsedEvent[] {
    const { catalog } = this.#desk;
    const ids = new Set(catalog.publicIds(root));
    return catalog.eventsOf(root).filter(({ event }) => ids.has(event.id));
  }

  #relaysOf(root: string): readonly string[] {
    const contract = ownContract(this.#desk, root);
    if (contract?.view.fold.state.effectiveAtSec === undefined) return [];
    return contractRelays(contract.view.fold.state).filter(
      (url) => relayAddress(url) !== undefined,
    );
  }

  #gapAt(root: string, url: string): readonly string[] {
    return this.#desk.catalog.gaps(root).find((gap) => isSame(gap.url, url))?.ids ?? [];
  }

  #isDue(key: string, pauseSec: number): boolean {
    return this.#desk.clock.nowSec() - (this.#compared.get(key) ?? 0) >= pauseSec;
  }

  async #note(key: string): Promise<void> {
    const nowSec = this.#desk.clock.nowSec();
    this.#compared.set(key, nowSec);
    for (const [other, atSec] of this.#compared) {
      if (nowSec - atSec > HOUR_SEC) this.#compared.delete(other);
    }
    const value = Object.fromEntries(this.#compared);
    await this.#desk.store.write([{ table: 'settings', key: KEY, value }]);
  }

  #forgetRefusals(url: string): void {
    for (const key of this.#refused) if (key.startsWith(`${url}|`)) this.#refused.delete(key);
  }

  #do(step: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      try {
        if (!this.#isStopped) await step();
      } catch (error) {
        console.error(error);
      }
    });
  }
}

function keyOf(root: string, url: string): string {
  return `${root}|${relayAddress(url) ?? url}`;
}

function isSame(a: string, b: string): boolean {
  return relayAddress(a) === relayAddress(b);
}

function plain(event: SignedEvent): SignedEvent {
  const { id, pubkey, created_at, kind, tags, content, sig } = event;
  return { id, pubkey, created_at, kind, tags, content, sig };
}
