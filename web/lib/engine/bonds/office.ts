/**
 * A bank's bonds: where they will lie, what was paid there, their certificate, the pledge, and the
 * way back once they end. Spec: specs/bonds.md.
 */
import {
  bondOf,
  buildSpending,
  certificateMessage,
  CERTIFICATE_PERIOD_BLOCKS,
  CERTIFICATE_PERIOD_MAX,
  checkBondScript,
  embed,
  finaliseSpending,
  KEY_HOLDER_ROLES,
  ok,
  reject,
  spendingVirtualBytes,
  type BitcoinNetwork,
  type BondScript,
  type FundedBond,
  type KeyHolderRole,
  type PledgeDocument,
  type Result,
  type SignedEvent,
  type SpendingPlan,
} from '@realyield/protocol';
import type { Desk } from '../desk.ts';
import type { BitcoinKey } from './bitcoin-key.ts';
import { proposeFee, type FeeProposal } from './fee-choice.ts';
import { publishBond } from './holding.ts';
import type { ParsedBondKey, ParsedPledge } from './pledge-book.ts';
import type { OutputAt } from './ports.ts';

/** Who holds a collateral bond: each by the key they published for this bank. */
export type ChosenHolders = Readonly<Record<KeyHolderRole, ParsedBondKey>>;

/** A bond before there is one. */
export interface BondTerms {
  /** The bank's Bitcoin key, of a wallet of its own. */
  readonly bankKey: string;
  readonly lockTimeSec: number;
  /** Without them it is time-locked. */
  readonly holders?: ChosenHolders | undefined;
}

/** What is pledged of an output. */
export interface PledgeOrder extends BondTerms {
  readonly network: BitcoinNetwork;
  readonly output: OutputAt;
  readonly certificate: PledgeDocument['certificate'];
  readonly allocations: PledgeDocument['allocations'];
  readonly replaces?: string | undefined;
}

/** The script of terms; refused where they are none. */
export function scriptFor({ bankKey, holders, lockTimeSec }: BondTerms): Result<BondScript> {
  if (!holders) return checkBondScript({ kind: 'timeLocked', bankKey, lockTimeSec });
  const keys = KEY_HOLDER_ROLES.map((role) => [role, holders[role].document.publicKey] as const);
  const holderKeys = Object.fromEntries(keys) as Record<KeyHolderRole, string>;
  return checkBondScript({ kind: 'collateral', bankKey, lockTimeSec, holderKeys });
}

/** The certificate's end that outlasts a lock time: a block comes every ten minutes, or sooner. */
export function certificatePeriod(tipHeight: number, nowSec: number, lockTimeSec: number): number {
  // A tenth more blocks than are expected, and a year.
  const blocks = Math.ceil(((lockTimeSec - nowSec) / 600) * 1.1) + 52_560;
  const period = Math.ceil((tipHeight + blocks) / CERTIFICATE_PERIOD_BLOCKS);
  return Math.min(period, CERTIFICATE_PERIOD_MAX);
}

/** The plan by which the bank takes a bond back whole, to one address. */
export function returnPlan(
  bond: FundedBond,
  address: string,
  satPerVirtualByte: number,
  path: SpendingPlan['path'],
): SpendingPlan {
  // Without change, so that the estimate of one output and change is enough for the fee.
  const feeSat = BigInt(spendingVirtualBytes(bond, path, [address]) * satPerVirtualByte);
  return { path, outputs: [{ address, valueSat: bond.valueSat - feeSat }], feeSat };
}

/** Bonds of one bank. */
export class BondOffice {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Pledges of this bank's in force, the largest first. */
  pledges(): readonly ParsedPledge[] {
    const { catalog, person } = this.#desk;
    return catalog.listings.pledges.ofBank(person.publicKey);
  }

  /** Whether an output is a bond of this bank's already. */
  isPledged({ outpoint: { txid, vout } }: Pick<OutputAt, 'outpoint'>): boolean {
    return this.pledges().some(
      ({ document: { outpoint } }) => outpoint.txid === txid && outpoint.vout === vout,
    );
  }

  /** Keys that others published for this bank, the newest first. */
  keys(): readonly ParsedBondKey[] {
    const { catalog, person } = this.#desk;
    return catalog.listings.pledges.keysFor(person.publicKey);
  }

  /** Makes a Bitcoin key that is kept here, encrypted and backed up; yields its public key. */
  async makeKey(): Promise<string> {
    const { clock, keyring } = this.#desk;
    const { bitcoin } = await keyring.create({ use: 'bond', atSec: clock.nowSec() });
    return bitcoin?.publicKey ?? '';
  }

  /** A key of this bank's that is kept here; undefined where a wallet has it. */
  keyFor(publicKey: string): BitcoinKey | undefined {
    const keys = this.#desk.keyring.keys();
    return keys.find(({ bitcoin }) => bitcoin?.publicKey === publicKey)?.bitcoin;
  }

  /** What the bank's wallet signs, to show that its Bitcoin key is this bank's. */
  certificateMessage(endPeriod: number): string {
    return certificateMessage(this.#desk.person.publicKey, endPeriod);
  }

  /** A certificate's last period, given a lock time; undefined while no source answers. */
  async endPeriod(lockTimeSec: number): Promise<number | undefined> {
    const block = await this.#desk.newestBlock();
    const nowSec = this.#desk.clock.nowSec();
    return block && certificatePeriod(block.height, nowSec, lockTimeSec);
  }

  /** What lies unspent at an address by the first source that answers; undefined if none does. */
  async outputsAt(address: string): Promise<readonly OutputAt[] | undefined> {
    for (const source of await this.#desk.chainSources()) {
      const found = await source.outputsAt(address);
      if (found) return found;
    }
    return undefined;
  }

  /** Height of the newest block. */
  async tipHeight(): Promise<number | undefined> {
    return (await this.#desk.newestBlock())?.height;
  }

  /** The fee to propose, by what all sources say. */
  async feeProposal(): Promise<FeeProposal> {
    const sources = await this.#desk.chainSources();
    return proposeFee(await Promise.all(sources.map((source) => source.feeRate())));
  }

  /** Signs and publishes a pledge, unless a reader would refuse it. */
  pledge(order: PledgeOrder): Promise<Result<SignedEvent>> {
    const { allocations, bankKey, certificate, lockTimeSec, network, output } = order;
    const { holders, replaces } = order;
    const chosen = holders && {
      arbiter: embed(holders.arbiter.event),
      fallbackArbiter: embed(holders.fallbackArbiter.event),
      trustee: embed(holders.trustee.event),
    };
    const sorted = [...allocations].sort((a, b) => (a.offer < b.offer ? -1 : 1));
    return publishBond(this.#desk, {
      ...{ v: 1, type: 'pledge', network, outpoint: output.outpoint },
      ...{ valueSat: output.valueSat.toString(), bankKey, lockTimeSec, certificate },
      ...(chosen ? { holders: chosen } : {}),
      allocations: sorted,
      ...(replaces === undefined ? {} : { replaces }),
    });
  }

  /** Sets other parts of a bond aside, in place of a pledge: what it is of stays. */
  reallocate(
    pledge: ParsedPledge,
    allocations: PledgeDocument['allocations'],
  ): Promise<Result<SignedEvent>> {
    const sorted = [...allocations].sort((a, b) => (a.offer < b.offer ? -1 : 1));
    const document = { ...pledge.document, allocations: sorted, replaces: pledge.event.id };
    return publishBond(this.#desk, document);
  }

  /** A pledge's bond as it lies on the chain now. */
  bondOf({ document, event }: ParsedPledge): FundedBond | undefined {
    const script = bondOf(document, event.pubkey);
    const { network, outpoint, valueSat } = document;
    return script && { network, script, outpoint, valueSat: BigInt(valueSat) };
  }

  /** The transaction that takes a bond back, for wallets to sign. */
  returning(bond: FundedBond, plan: SpendingPlan): Result<string> {
    return buildSpending(bond, plan);
  }

  /** Puts signatures together and hands the bond's return to the network; yields words. */
  async send(
    bond: FundedBond,
    plan: SpendingPlan,
    psbts: readonly string[],
  ): Promise<Result<true>> {
    const final = finaliseSpending(psbts, bond, plan);
    if (!final.ok) return final;
    let words = 'no source answered';
    for (const source of await this.#desk.chainSources(bond.network)) {
      const said = await source.broadcast(final.value);
      if (said === undefined) return ok(true);
      words = said;
    }
    return reject('PAYOUT_UNSENT', words);
  }
}
