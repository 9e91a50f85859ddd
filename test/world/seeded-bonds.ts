/**
 * The bonds of the whole world, really funded on its chain: one bank's is time-locked, the
 * other's is collateral held by those its offers appoint. Their keys are backed up on the relays as
 * the client does it, so that whoever plays one of them signs in the client. Spec: specs/bonds.md.
 */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import {
  bondOf,
  buildBond,
  certificateMessage,
  embed,
  keyHolderMessage,
  placeOf,
  readEvent,
  readTransaction,
  type BondDocument,
  type EmbeddedEvent,
  type KeyHolderRole,
  type PinnedBond,
  type PledgeDocument,
  type SignedEvent,
} from '@realyield/protocol';
import type { BitcoinKey } from '../../web/lib/engine/bonds/bitcoin-key.ts';
import { Keyring } from '../../web/lib/engine/keyring.ts';
import type { Relays, Verifier } from '../../web/lib/engine/ports.ts';
import { createRelays } from '../../web/lib/nostr/relays.ts';
import { createLocalSigner } from '../../web/lib/signer/local-signer.ts';
import type { RegtestChain } from './chain.ts';
import { BATTERIES, BOATS, KIOSKS } from './market-terms.ts';
import { nodeWebSocket } from './node-web-socket.ts';
import type { KeyHolder, PersonaKey } from './personas.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { systemClock } from './system-clock.ts';

/** What the bonds are made with. */
export interface BondSeedingOptions {
  readonly chain: RegtestChain;
  readonly relays: readonly string[];
  readonly keyOf: (id: KeyHolder) => PersonaKey;
  readonly verifier: Verifier;
}

/** Certificates end with the block of this many periods, which no world lives to see. */
const END_PERIOD = 2_000;

/** When both were pledged, by what the pledges say; the chain is as old as the world. */
const PLEDGED_DAYS_AGO = 200;

/** How much each bank has at stake, satoshis. */
const TIME_LOCKED_SAT = 25_000_000n;
const COLLATERAL_SAT = 1_200_000n;

/** Who holds the keys of the second bank's bond: whom its offers appoint. */
const HOLDERS = { arbiter: 'kamau', fallbackArbiter: 'ayala', trustee: 'vault' } as const;

/** What of it stands for which offer, in the order of their identifiers. */
const ALLOCATIONS = [
  { offer: BATTERIES.identifier, valueSat: '300000' },
  { offer: KIOSKS.identifier, valueSat: '225000' },
  { offer: BOATS.identifier, valueSat: '200000' },
].sort((a, b) => (a.offer < b.offer ? -1 : 1));

/** The first second of a month this many years after the one that is coming, in UTC. */
function monthAfter(nowSec: number, years: number): number {
  const now = new Date(nowSec * 1_000);
  return Date.UTC(now.getUTCFullYear() + years, now.getUTCMonth() + 1) / 1_000;
}

class BondSeeding {
  readonly #options: BondSeedingOptions;
  readonly #nowSec = systemClock.nowSec();
  /** Before the first offer that names one. */
  readonly #atSec = this.#nowSec - PLEDGED_DAYS_AGO * 86_400;
  readonly #links: Relays;

  constructor(options: BondSeedingOptions, links: Relays) {
    this.#options = options;
    this.#links = links;
  }

  /** Yields what the second bank's offers can pin. */
  async run(): Promise<ReadonlyMap<string, PinnedBond>> {
    await this.#pledge('bank', TIME_LOCKED_SAT, {
      lockTimeSec: monthAfter(this.#nowSec, 2),
      allocations: [],
    });
    const bank = this.#options.keyOf('winam').publicKey;
    const [arbiter, fallbackArbiter, trustee] = await Promise.all([
      this.#holder('arbiter', bank),
      this.#holder('fallbackArbiter', bank),
      this.#holder('trustee', bank),
    ]);
    const { id: pledge } = await this.#pledge('winam', COLLATERAL_SAT, {
      lockTimeSec: monthAfter(this.#nowSec, 3),
      holders: { arbiter, fallbackArbiter, trustee },
      allocations: ALLOCATIONS,
    });
    return new Map(
      ALLOCATIONS.map(({ offer, valueSat }) => [offer, { pledge, allocationSat: valueSat }]),
    );
  }

  /** A Bitcoin key of somebody's, made and backed up as their own client would. */
  async #bitcoinKey(id: KeyHolder): Promise<BitcoinKey> {
    const signer = createLocalSigner(this.#options.keyOf(id).secretKey.slice());
    const store = openSqliteStore(':memory:');
    const { verifier } = this.#options;
    const keyring = new Keyring(signer, { store, relays: this.#links, verifier });
    const { bitcoin } = await keyring.create({ use: 'bond', atSec: this.#atSec });
    await store.close();
    if (!bitcoin) throw new Error('A key of a bond is none of Bitcoin.');
    return bitcoin;
  }

  async #signed(id: KeyHolder, document: BondDocument): Promise<SignedEvent> {
    // A signer owns its key and wipes it; ours is needed again.
    const signer = createLocalSigner(this.#options.keyOf(id).secretKey.slice());
    const event = await signer.sign(buildBond(document, this.#atSec));
    const outcomes = await this.#links.publish(event);
    const reasons = outcomes.map(({ reason }) => reason).join(' ');
    if (!outcomes.every(({ accepted }) => accepted)) throw new Error(`A bond: ${reasons}`);
    return event;
  }

  /** One of the three shows that the key is theirs, and accepts to hold it for the bank. */
  async #holder(role: KeyHolderRole, bank: string): Promise<EmbeddedEvent> {
    const id = HOLDERS[role];
    const key = await this.#bitcoinKey(id);
    const message = keyHolderMessage(role, this.#options.keyOf(id).publicKey, bank);
    const event = await this.#signed(id, {
      ...{ v: 1, type: 'bondKey', role, bank },
      publicKey: key.publicKey,
      proof: key.signMessage(message),
    });
    const read = readEvent(event);
    const verified = read.ok ? read.value.at(-1)?.event : undefined;
    if (!verified) throw new Error('A key holder’s key does not read.');
    return embed(verified);
  }

  /** Pays the bond's address, waits for the block, and pledges what is there. */
  async #pledge(
    id: 'bank' | 'winam',
    valueSat: bigint,
    terms: Pick<PledgeDocument, 'lockTimeSec' | 'allocations' | 'holders'>,
  ): Promise<SignedEvent> {
    const { chain, keyOf } = this.#options;
    const bank = keyOf(id).publicKey;
    const key = await this.#bitcoinKey(id);
    const signature = key.signMessage(certificateMessage(bank, END_PERIOD));
    const document: PledgeDocument = {
      ...{ v: 1, type: 'pledge', network: 'regtest', valueSat: valueSat.toString() },
      outpoint: { txid: '0'.repeat(64), vout: 0 },
      bankKey: key.publicKey,
      certificate: { endPeriod: END_PERIOD, signature },
      ...terms,
    };
    const script = bondOf(document, bank);
    if (!script) throw new Error('A bond has no script.');
    const { scriptPubKey } = placeOf(script, 'regtest');
    const raw = await chain.fundScript(hexToBytes(scriptPubKey), valueSat);
    const read = readTransaction(bytesToHex(raw));
    if (!read.ok) throw new Error(read.code);
    await chain.broadcast(raw);
    await chain.mine();
    const { outputs, txid } = read.value;
    const vout = outputs.findIndex((output) => output.scriptPubKey === scriptPubKey);
    return this.#signed(id, { ...document, outpoint: { txid, vout } });
  }
}

/**
 * Funds and pledges both banks' bonds; resolves when they are in a block and on the relays, with
 * what offers can pin.
 */
export async function seedBonds(
  options: BondSeedingOptions,
): Promise<ReadonlyMap<string, PinnedBond>> {
  const links = createRelays({ urls: options.relays, webSocket: nodeWebSocket });
  try {
    return await new BondSeeding(options, links).run();
  } finally {
    links.close();
  }
}
