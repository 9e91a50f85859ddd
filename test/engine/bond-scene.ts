/**
 * A world of bonds: a chain with two explorers, two relays, and the clients of a loan's parties and
 * of those who hold the bank's bond.
 */
import { hexToBytes } from '@noble/hashes/utils.js';
import {
  keyHolderMessage,
  placeOf,
  planTicks,
  signMessage,
  type KeyHolderRole,
} from '@realyield/protocol';
import { expect } from 'vitest';
import { DEFAULT_RULES } from '../../relay-rules/src/decide.ts';
import type { RelayHandle } from '../../relay-rules/src/relay/server.ts';
import { EsploraSource, firstOf } from '../../web/lib/chain/esplora.ts';
import { BondWatch } from '../../web/lib/engine/bonds/bond-watch.ts';
import { scriptFor } from '../../web/lib/engine/bonds/office.ts';
import type { PayoutPlace } from '../../web/lib/engine/bonds/payout-case.ts';
import type { ParsedBondKey, ParsedPledge } from '../../web/lib/engine/bonds/pledge-book.ts';
import type { ChainPort, ChainSource } from '../../web/lib/engine/bonds/ports.ts';
import type { Catalog } from '../../web/lib/engine/catalog.ts';
import type { Session } from '../../web/lib/engine/session.ts';
import { bitcoinKey, bitcoinSecret, LOCKED_UNTIL } from '../fixtures/bonds.ts';
import { Loan, offerDocument, publicOf } from '../fixtures/loan.ts';
import { must } from '../fixtures/must.ts';
import { addressOf } from '../fixtures/payouts.ts';
import { RegtestChain } from '../world/chain.ts';
import { serveExplorers } from '../world/esplora.ts';
import { openSqliteStore } from '../world/sqlite-store.ts';
import { Estate, movedClock, store, type MovedClock } from './estate.ts';
import { until } from './until.ts';

/** What the bank's bond is worth, satoshis. */
export const VALUE_SAT = 1_000_000n;
/** How much of it stands for the offer. */
export const ALLOCATED_SAT = '900000';

/** Where the investor is paid. */
const ADDRESS = addressOf('investor');
const DAY_SEC = 60;
const ACTORS = ['investor', 'business', 'bank', 'arbiter', 'fallback arbiter', 'trustee'] as const;
const IN_WALLETS = { fallbackArbiter: 'fallback arbiter', trustee: 'trustee' } as const;
const serving = { arbiter: 'arbiter', fallbackArbiter: 'fallback arbiter' } as const;

/** Who acts. */
export type Actor = (typeof ACTORS)[number];

/** The code of a refusal, or `ok`. */
export const codeOf = (result: { readonly ok: boolean; readonly code?: string }): string =>
  result.ok ? 'ok' : (result.code ?? '');

interface Parts {
  readonly estate: Estate;
  readonly clock: MovedClock;
  readonly chain: RegtestChain;
  readonly explorers: Awaited<ReturnType<typeof serveExplorers>>;
  readonly relays: readonly RelayHandle[];
}

/** A chain, relays and clients that end together. */
export class BondScene {
  /** Whom everybody asks about the chain; a test may put others in their place. */
  sources: readonly ChainSource[];
  readonly clock: MovedClock;
  readonly chain: RegtestChain;
  readonly explorerUrls: readonly string[];
  readonly #parts: Parts;
  readonly #sessions = new Map<Actor, Session>();
  #reader: Catalog | undefined;

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.clock = parts.clock;
    this.chain = parts.chain;
    this.explorerUrls = parts.explorers.urls;
    this.sources = parts.explorers.urls.map((url) => new EsploraSource(url, parts.clock));
  }

  /** Starts everything. */
  static async open(): Promise<BondScene> {
    const estate = new Estate();
    const chain = await RegtestChain.open();
    const explorers = await serveExplorers(chain);
    const relays = await Promise.all([1, 2].map(() => estate.relay({ rules: DEFAULT_RULES })));
    const scene = new BondScene({ estate, clock: movedClock(), chain, explorers, relays });
    const port: ChainPort = {
      sources: async () => scene.sources,
      newestBlock: () => firstOf(scene.sources).newestBlock(),
    };
    for (const name of ACTORS) {
      const session = await estate.session(name, scene.urls, scene.clock, { chain: port });
      scene.#sessions.set(name, session);
    }
    scene.#reader = await estate.stranger(scene.urls, scene.clock);
    return scene;
  }

  /** Ends everything. */
  async close(): Promise<void> {
    await this.#parts.estate.close();
    await this.#parts.explorers.stop();
    await this.chain.stop();
  }

  /** The relays in use. */
  get urls(): string[] {
    return this.#parts.relays.map(({ url }) => url);
  }

  /** What somebody knows who only looks. */
  get reader(): Catalog {
    if (!this.#reader) throw new Error('the scene is not open');
    return this.#reader;
  }

  /** What everybody knows, whoever only looks included. */
  get catalogs(): readonly Catalog[] {
    return [...[...this.#sessions.values()].map(({ catalog }) => catalog), this.reader];
  }

  /** Somebody's client. */
  actor(name: Actor): Session {
    const session = this.#sessions.get(name);
    if (!session) throw new Error(name);
    return session;
  }

  /** What somebody does about payouts. */
  payouts(name: Actor) {
    return this.actor(name).agreements.payouts;
  }

  /** Puts an event on the relays. */
  publish(event: Parameters<typeof store>[1][number]): void {
    for (const relay of this.#parts.relays) store(relay, [event]);
  }

  /** The three publish their keys: the arbiter's is kept in the client, the others’ in wallets. */
  async #holders() {
    const bank = publicOf('bank');
    must(await this.actor('arbiter').agreements.holding.offerOwnKey({ bank, role: 'arbiter' }));
    for (const role of ['fallbackArbiter', 'trustee'] as const) {
      const { holding } = this.actor(IN_WALLETS[role]).agreements;
      const message = holding.messageOf({ bank, role });
      expect(message).toBe(keyHolderMessage(role, publicOf(IN_WALLETS[role]), bank));
      const proof = signMessage(message, bitcoinSecret(role));
      const other = { publicKey: bitcoinKey('stranger'), proof };
      expect(codeOf(await holding.offerWalletKey({ bank, role }, other))).toBe('BOND_CERTIFICATE');
      const own = { publicKey: bitcoinKey(role), proof };
      must(await holding.offerWalletKey({ bank, role }, own));
    }
    const office = this.actor('bank').agreements.bondOffice;
    await until('the keys at the bank’s', () => office.keys().length === 3);
    const keyOf = (role: KeyHolderRole): ParsedBondKey => {
      const key = office.keys().find(({ document }) => document.role === role);
      if (!key) throw new Error(role);
      return key;
    };
    return {
      arbiter: keyOf('arbiter'),
      fallbackArbiter: keyOf('fallbackArbiter'),
      trustee: keyOf('trustee'),
    };
  }

  /** The bank funds a bond and pledges it for an offer; yields the pledge's id. */
  async pledged(offer: string): Promise<string> {
    const office = this.actor('bank').agreements.bondOffice;
    const holders = await this.#holders();
    const terms = { bankKey: bitcoinKey('bank'), lockTimeSec: LOCKED_UNTIL, holders };
    const { address, scriptPubKey } = placeOf(must(scriptFor(terms)), 'regtest');
    expect(await office.outputsAt(address)).toEqual([]);
    const { chain } = this;
    await chain.broadcast(await chain.fundScript(hexToBytes(scriptPubKey), VALUE_SAT));
    expect(await office.outputsAt(address)).toMatchObject([{ height: undefined }]);
    await chain.mine();
    const [output] = (await office.outputsAt(address)) ?? [];
    if (!output) throw new Error('nothing was paid');
    expect(output).toMatchObject({ valueSat: VALUE_SAT, height: chain.tip().height });
    const endPeriod = (await office.endPeriod(LOCKED_UNTIL)) ?? 0;
    const signature = signMessage(office.certificateMessage(endPeriod), bitcoinSecret('bank'));
    const order = {
      ...{ ...terms, network: 'regtest' as const, output },
      allocations: [{ offer, valueSat: ALLOCATED_SAT }],
    };
    const wrong = { endPeriod: endPeriod + 1, signature };
    expect(codeOf(await office.pledge({ ...order, certificate: wrong }))).toBe('BOND_CERTIFICATE');
    const { id } = must(await office.pledge({ ...order, certificate: { endPeriod, signature } }));
    await until('the pledge at the reader’s', () => this.reader.listings.pledges.find(id));
    return id;
  }

  /** The bank's bond as who only looks knows it. */
  get bond(): ParsedPledge {
    const [pledge] = this.reader.listings.pledges.ofBank(publicOf('bank'));
    if (!pledge) throw new Error('there is no pledge');
    return pledge;
  }

  /** A loan that pins the bond, paid out and never repaid. */
  async unpaid(seed: string, pledge: string): Promise<Loan> {
    const { business } = offerDocument();
    const bond = { pledge, allocationSat: ALLOCATED_SAT };
    const relays = this.urls;
    const loan = new Loan({
      ...{ seed, serving, investorRelays: relays },
      startAtSec: this.clock.nowSec() - 101 * DAY_SEC,
      offer: {
        ...{ daySec: DAY_SEC, identifier: seed, relays, bond },
        business: { ...business, relays },
      },
    });
    loan.signAll();
    loan.pay('disbursement', planTicks(loan.contract.document), loan.startAtSec + 11 * DAY_SEC);
    for (const event of loan.events) this.publish(event);
    const count = loan.fold().state.payments.length;
    for (const catalog of this.catalogs) {
      catalog.watch(loan.root);
      await until('the loan', () => {
        return catalog.contract(loan.root)?.fold.state.payments.length === count;
      });
    }
    return loan;
  }

  /** A case that was ruled on, to be paid within a minute; yields its id. */
  async ruled({ root }: Loan, units: bigint): Promise<string> {
    const { cases } = this.actor('investor').agreements;
    const claim = { reason: 'notRepaid', claimUnits: units, address: ADDRESS } as const;
    const id = must(await cases.open(root, { ...claim, statement: 'Nothing.', documents: [] }));
    const bank = this.actor('bank');
    await until('the case at the bank’s', () => bank.catalog.cases.find(id));
    const answer = must(await bank.agreements.cases.respond(id, 'We know.'));
    const { agreements, catalog } = this.actor('arbiter');
    await until('the answer', () => catalog.cases.find(id)?.fold.responses.length === 1);
    must(await agreements.cases.take(id, [id, answer]));
    const award = { contract: root, leg: 'repayment', units: units.toString() } as const;
    must(
      await agreements.cases.rule(id, {
        ...{ admitted: [answer], findings: 'It was due.', payBySec: this.clock.nowSec() + 60 },
        awards: [{ ...award, address: ADDRESS }],
      }),
    );
    await this.seen(id, 'ruled');
    return id;
  }

  /** Resolves when everybody sees a case in a status. */
  async seen(id: string, status: string): Promise<void> {
    for (const catalog of this.catalogs) {
      await until(`a case that is ${status}`, () => catalog.cases.find(id)?.fold.status === status);
    }
  }

  /** Where somebody sees that an outcome is paid from. */
  place(name: Actor, id: string): PayoutPlace {
    const view = this.actor(name).catalog.cases.find(id);
    const [place] = view ? this.payouts(name).places(view) : [];
    if (!place) throw new Error('nothing to pay from');
    return place;
  }

  /** How a bond stands to somebody who only looks, by the sources in use. */
  async standing(pledge: ParsedPledge): Promise<string> {
    const ports = { clock: this.clock, store: openSqliteStore(':memory:') };
    const chosen = () => ({ network: 'regtest' as const, sources: this.sources });
    const watch = new BondWatch({ ...ports, chosen });
    const stop = watch.watch(pledge);
    await until('both sources', () => {
      const { isAsking, sources } = watch.check(pledge);
      const isAll = sources.every(({ answeredAtSec }) => answeredAtSec !== undefined);
      // A busy machine does not answer in time: then they are asked once more.
      if (!isAsking && !isAll) watch.askNow(pledge);
      return !isAsking && isAll;
    });
    stop();
    watch.stop();
    await ports.store.close();
    return watch.check(pledge).standing.state;
  }
}
