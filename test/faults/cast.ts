/**
 * The people of a run: each with a disk and a wallet that outlive the processes which use them, and
 * with a fate of their own. Everything follows from the seed.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { SignedEvent } from '@realyield/protocol';
import type { AddressSource } from '../../web/lib/engine/fallback/ports.ts';
import type { JournalEntry } from '../../web/lib/engine/journal.ts';
import type { Session } from '../../web/lib/engine/session.ts';
import { createInlineVerifier } from '../../web/lib/nostr/verifier/inline-verifier.ts';
import { rememberingVerifier } from '../fixtures/loan.ts';
import { Disk, type DiskFaults } from './disk.ts';
import { SimLightning, SimWallet, type LedgerEntry } from './lightning.ts';
import { SimRelay } from './network.ts';
import { SimProcess, type Surroundings } from './process.ts';
import { randomOf, type Random } from './random.ts';
import type { Fate, Weather } from './fates.ts';
import { URLS } from './scenario.ts';
import { Time } from './time.ts';

const RECONNECT_MS = 1_200_000;
/** How often a person looks whether there is something for them to do. */
const LOOK_MS = 2_000;
const verifier = createInlineVerifier(rememberingVerifier);

/** What one person does and suffers. */
export interface Part {
  readonly name: string;
  /** Whose key it is, where several devices of one person have names of their own. */
  readonly person?: string;
  readonly hasRivals?: boolean;
  /** Who tells it of the chain. */
  readonly source?: AddressSource;
  readonly side: 'incoming' | 'outgoing';
  readonly fate: Fate;
  /** What the person does in each life of their process, again and again until it yields true. */
  readonly act?: (session: Session) => Promise<boolean>;
  /** Something is about to be paid. */
  readonly onPay?: (entry: LedgerEntry) => void;
}

interface Player {
  readonly part: Part;
  disk: Disk;
  process: SimProcess | undefined;
}

/** All people of one run, and what lies between them. */
export class Cast {
  readonly time: Time;
  readonly lightning: SimLightning;
  readonly relays = URLS.map((url) => new SimRelay(url));
  readonly #surroundings: Surroundings;
  readonly #players = new Map<string, Player>();
  #isOver = false;

  constructor(seed: number, atMs: number, events: readonly SignedEvent[], weather: Weather) {
    const random = randomOf(seed + 1_000_003);
    this.time = new Time(atMs);
    this.lightning = new SimLightning(this.time, random, seed);
    const { time, relays } = this;
    this.#surroundings = { time, random, relays, network: weather.network, verifier };
    for (const relay of relays) for (const event of events) relay.keep(event);
    const { relayDown } = weather;
    const relay = relays[relayDown.relay];
    if (relayDown.forMs > 0) {
      time.after(relayDown.fromMs, () => relay?.setUp(false));
      time.after(relayDown.fromMs + relayDown.forMs, () => relay?.setUp(true));
    }
    this.#reconnect();
  }

  /** A person begins, and dies when their fate says so. */
  enter(part: Part): void {
    const player: Player = { part, disk: new Disk(), process: undefined };
    this.#players.set(part.name, player);
    const { dies, diesAtMs, fullAtSteps, leap } = part.fate;
    this.#start(player, { deathAtStep: dies, fullAtSteps: new Set(fullAtSteps) });
    if (diesAtMs !== undefined) this.time.after(diesAtMs, () => player.process?.die());
    const ahead = (aheadMs: number): void => {
      if (player.process) player.process.clock.aheadMs = aheadMs;
    };
    this.time.after(leap.atMs, () => ahead(leap.byMs));
    this.time.after(leap.atMs + leap.forMs, () => ahead(0));
  }

  /** A person's session, while they live. */
  session(name: string): Session | undefined {
    return this.#players.get(name)?.process?.session;
  }

  /** Chance of this run's own, for what its people decide. */
  get random(): Random {
    return this.#surroundings.random;
  }

  /** A contract as a person sees it. */
  stateAt(name: string, root: string) {
    return this.session(name)?.catalog.contract(root)?.fold.state;
  }

  /** A person's journal of a leg as it is on disk. */
  journal(name: string, root: string, leg: string): readonly JournalEntry[] {
    const rows = [...(this.#players.get(name)?.disk.rows('journal') ?? [])];
    const parts = rows.filter(([key]) => key.startsWith(`part|${root}|${leg}|`));
    return parts.map(([, { value }]) => value as JournalEntry).sort((a, b) => a.n - b.n);
  }

  /** What any relay has. */
  published(): readonly SignedEvent[] {
    return [...new Map(this.relays.flatMap((relay) => [...relay.events])).values()];
  }

  /** What the run came to, in few letters: the same for the same seed. */
  print(): string {
    const ids = this.published().map(({ id }) => id);
    const moved = [...this.lightning.ledger.values()].map(({ paymentHash, state, feesPaidMsat }) =>
      [paymentHash, state, feesPaidMsat].join(' '),
    );
    const said = [this.time.nowMs, ...ids.sort(), ...moved];
    return bytesToHex(sha256(utf8ToBytes(said.join('\n')))).slice(0, 16);
  }

  /** A person's process dies now, and comes back as their fate says. */
  kill(name: string): void {
    this.#players.get(name)?.process?.die();
  }

  /** Everybody goes. */
  end(): void {
    this.#isOver = true;
    for (const { process } of this.#players.values()) process?.die();
  }

  #start(player: Player, faults: DiskFaults): void {
    const { name, person = name, side, fate, act, onPay, source } = player.part;
    const { silence, canLookUp, answers } = fate;
    const script = { answers: [...answers], silence, canLookUp, ...(onPay ? { onPay } : {}) };
    const process = new SimProcess(this.#surroundings, {
      person,
      disk: player.disk,
      faults,
      hasRivals: player.part.hasRivals ?? false,
      ...(source ? { source } : {}),
      wallet: new SimWallet(this.lightning, side, script),
      onDeath: () => {
        player.process = undefined;
        this.time.after(fate.awayMs, () => {
          if (this.#isOver) return;
          if (fate.returns === 'new disk') player.disk = new Disk();
          this.#start(player, { deathAtStep: undefined, fullAtSteps: new Set() });
        });
      },
    });
    player.process = process;
    if (act) this.#look(player, process, act);
  }

  #look(player: Player, process: SimProcess, act: NonNullable<Part['act']>): void {
    this.time.after(LOOK_MS, () => {
      if (player.process !== process) return;
      // What the person could not do, because there was no room on the disk, they try again.
      const acted = act(process.session).catch(() => false);
      void acted.then((isDone) => {
        if (!isDone) this.#look(player, process, act);
      });
    });
  }

  /** No connection lasts for ever: what a relay did not say while it was open is said then. */
  #reconnect(): void {
    this.time.after(RECONNECT_MS, () => {
      for (const relay of this.relays) {
        relay.setUp(false);
        relay.setUp(true);
      }
      if (!this.#isOver) this.#reconnect();
    });
  }
}
