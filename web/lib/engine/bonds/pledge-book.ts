/**
 * What banks have pledged, as far as it is known here, and where it lies after payouts; and the
 * keys of those who hold bonds. Spec: specs/bonds.md, "Bond, 2821" and "Payout".
 */
import {
  bondOf,
  followBond,
  KEY_HOLDER_ROLES,
  type BondKeyDocument,
  type PaidOutDocument,
  type ParsedBond,
  type ParsedEvent,
  type ParsedPledge,
  type PledgeDocument,
} from '@realyield/protocol';

export type { ParsedPledge } from '@realyield/protocol';

/** A key holder's key that was read. */
export type ParsedBondKey = ParsedBond & { readonly document: BondKeyDocument };

/** What can be read of pledges. */
export interface Pledges {
  /** Those of a bank that no later one of it replaces: the largest first. */
  ofBank(bank: string): readonly ParsedPledge[];
  /** All of a bank, also those that are replaced, and the one of an id, whosever it is. */
  ofBankAndId(bank: string, id: string): readonly ParsedPledge[];
  /** Others in force that name the same output under the same script. */
  rivalsOf(pledge: ParsedPledge): readonly ParsedPledge[];
  /** All pledges of one bond, as their bank signed them: what it names and what it named before. */
  versionsOf(pledge: ParsedPledge): readonly ParsedPledge[];
  /** Whether its bank has not replaced a pledge. */
  isInForce(pledge: ParsedPledge): boolean;
  /** A pledge by its id, replaced or not. */
  find(id: string): ParsedPledge | undefined;
  /** A pledge as its bank signed it, before any payout. */
  asSigned(pledge: ParsedPledge): ParsedPledge;
  /** Payouts recorded of a pledge's output and of what went back, in order. */
  payoutsOf(pledge: ParsedPledge): readonly PaidOutDocument[];
  /** Keys that others hold, or would, for a bank's bonds, the newest first. */
  keysFor(bank: string): readonly ParsedBondKey[];
}

/** Whether an event is a pledge. */
export function isPledge(parsed: ParsedEvent): parsed is ParsedPledge {
  return parsed.name === 'bond' && parsed.document.type === 'pledge';
}

const outpointOf = ({ network, outpoint }: PledgeDocument): string =>
  `${network}:${outpoint.txid}:${outpoint.vout}`;

/** The script in one line: which keys, in which order, until when. */
function scriptOf(document: PledgeDocument, bank: string): string {
  const script = bondOf(document, bank);
  if (!script) return '';
  const holders =
    script.kind === 'collateral' ? KEY_HOLDER_ROLES.map((role) => script.holderKeys[role]) : [];
  return [script.kind, script.lockTimeSec, script.bankKey, ...holders].join(' ');
}

function put<Value>(index: Map<string, Value[]>, key: string, value: Value): void {
  const values = index.get(key);
  if (values) values.push(value);
  else index.set(key, [value]);
}

function larger(a: ParsedPledge, b: ParsedPledge): number {
  const [aSat, bSat] = [BigInt(a.document.valueSat), BigInt(b.document.valueSat)];
  if (aSat !== bSat) return aSat > bSat ? -1 : 1;
  return a.event.id < b.event.id ? -1 : 1;
}

/** What a payout took from the bond, satoshis. */
function takenSat({ changeSat, spent }: PaidOutDocument): bigint {
  return BigInt(spent.valueSat) - BigInt(changeSat);
}

interface PayoutRecord {
  readonly id: string;
  readonly document: PaidOutDocument;
}

interface Moved {
  readonly from: ParsedPledge;
  readonly key: string;
  readonly now: ParsedPledge;
}

/** Verified pledges. */
export class PledgeBook implements Pledges {
  readonly #offerOf: (contract: string) => string | undefined;
  readonly #byId = new Map<string, ParsedPledge>();
  readonly #byBank = new Map<string, ParsedPledge[]>();
  readonly #byOutpoint = new Map<string, ParsedPledge[]>();
  readonly #keys = new Map<string, ParsedBondKey[]>();
  /** Ids of pledges that their own bank has replaced, behind the bank's key. */
  readonly #replaced = new Set<string>();
  /** Records of payouts by the bank, each transaction once. */
  readonly #records = new Map<string, Map<string, PayoutRecord>>();
  /** Pledges after payouts, as they were computed last. */
  readonly #moved = new Map<string, Moved>();

  constructor(offerOf: (contract: string) => string | undefined = () => undefined) {
    this.#offerOf = offerOf;
  }

  /** Adds a verified event, once; what says nothing of bonds is left aside. */
  add(parsed: ParsedEvent): void {
    if (parsed.name === 'dispute' && parsed.document.type === 'paidOut') {
      this.#addRecord(parsed.event, parsed.document);
    }
    if (parsed.name !== 'bond') return;
    const { document, event } = parsed;
    if (document.type === 'bondKey') put(this.#keys, document.bank, parsed as ParsedBondKey);
    if (!isPledge(parsed) || this.#byId.has(event.id)) return;
    this.#byId.set(event.id, parsed);
    put(this.#byBank, event.pubkey, parsed);
    put(this.#byOutpoint, outpointOf(parsed.document), parsed);
    const { replaces } = parsed.document;
    if (replaces !== undefined) this.#replaced.add(`${event.pubkey}:${replaces}`);
  }

  /** A record by one of the holders; of several of one transaction the one with the least id. */
  #addRecord({ id, pubkey }: ParsedEvent['event'], document: PaidOutDocument): void {
    const { pledge, txid } = document;
    const holders = Object.values((pledge.content as PledgeDocument).holders ?? {});
    const records = this.#records.get(pledge.pubkey) ?? new Map<string, PayoutRecord>();
    const known = records.get(txid);
    if (!holders.some((holder) => holder.pubkey === pubkey) || (known && known.id < id)) return;
    this.#records.set(pledge.pubkey, records.set(txid, { id, document }));
  }

  ofBank(bank: string): readonly ParsedPledge[] {
    const inForce = (this.#byBank.get(bank) ?? []).filter((each) => this.isInForce(each));
    return inForce.map((each) => this.#after(each)).sort(larger);
  }

  ofBankAndId(bank: string, id: string): readonly ParsedPledge[] {
    const own = this.#byBank.get(bank) ?? [];
    const named = this.#byId.get(id);
    return named && named.event.pubkey !== bank ? [...own, named] : own;
  }

  rivalsOf(pledge: ParsedPledge): readonly ParsedPledge[] {
    const signed = this.asSigned(pledge);
    const others = this.#byOutpoint.get(outpointOf(signed.document)) ?? [];
    const own = scriptOf(signed.document, signed.event.pubkey);
    // BD-16: "A client MUST flag every pledge whose output another one in force names under the
    // same script, of whichever bank: each of them counts what there is only once.…"
    return others.filter(
      (other) =>
        other.event.id !== pledge.event.id &&
        this.isInForce(other) &&
        scriptOf(other.document, other.event.pubkey) === own,
    );
  }

  versionsOf(pledge: ParsedPledge): readonly ParsedPledge[] {
    const signed = this.asSigned(pledge);
    const { pubkey } = signed.event;
    const placeOf = (each: ParsedPledge): string => outpointOf(this.#after(each).document);
    const [place, own] = [placeOf(signed), scriptOf(signed.document, pubkey)];
    return (this.#byBank.get(pubkey) ?? []).filter(
      (each) => placeOf(each) === place && scriptOf(each.document, pubkey) === own,
    );
  }

  isInForce({ event }: ParsedPledge): boolean {
    return !this.#replaced.has(`${event.pubkey}:${event.id}`);
  }

  find(id: string): ParsedPledge | undefined {
    const pledge = this.#byId.get(id);
    return pledge && this.#after(pledge);
  }

  asSigned(pledge: ParsedPledge): ParsedPledge {
    return this.#byId.get(pledge.event.id) ?? pledge;
  }

  payoutsOf(pledge: ParsedPledge): readonly PaidOutDocument[] {
    const { document, event } = this.asSigned(pledge);
    const records = this.#records.get(event.pubkey);
    if (!records) return [];
    const own = scriptOf(document, event.pubkey);
    const all = [...records.values()].map((record) => record.document);
    const under = all.filter(
      ({ pledge: { content, pubkey } }) => scriptOf(content as PledgeDocument, pubkey) === own,
    );
    return followBond(document, under).payouts;
  }

  keysFor(bank: string): readonly ParsedBondKey[] {
    const keys = [...(this.#keys.get(bank) ?? [])];
    return keys.sort((a, b) => b.event.created_at - a.event.created_at);
  }

  /** A pledge with what payouts have left of it; the same object while nothing new is known. */
  #after(pledge: ParsedPledge): ParsedPledge {
    const payouts = this.payoutsOf(pledge);
    const last = payouts.at(-1);
    if (!last) return pledge;
    const offers = payouts.map(({ contract }) => this.#offerOf(contract) ?? '');
    const key = [last.txid, ...offers].join(' ');
    const known = this.#moved.get(pledge.event.id);
    if (known?.from === pledge && known.key === key) return known.now;
    const document = afterPayouts(pledge.document, payouts, offers);
    const now = { ...pledge, document };
    this.#moved.set(pledge.event.id, { from: pledge, key, now });
    return now;
  }
}

/** A pledge's document with what payouts for contracts under these offers left. */
function afterPayouts(
  document: PledgeDocument,
  payouts: readonly PaidOutDocument[],
  offers: readonly string[],
): PledgeDocument {
  const { outpoint, valueSat } = followBond(document, payouts);
  const last = payouts.at(-1);
  // Nothing went back: what there was is spent, and covers nothing.
  if (valueSat === 0n && last) {
    const { txid, vout, valueSat: spentSat } = last.spent;
    return { ...document, outpoint: { txid, vout }, valueSat: spentSat, allocations: [] };
  }
  const allocations = document.allocations.map(({ offer, valueSat: before }) => {
    // BD-28: "…with what it paid and its fee taken off the allocation to the offer of its case…"
    const taken = payouts
      .filter((_, at) => offers[at] === offer)
      .reduce((sum, each) => sum + takenSat(each), 0n);
    const left = BigInt(before) - taken;
    return { offer, valueSat: (left > 0n ? left : 0n).toString() };
  });
  const live = allocations.filter((each) => each.valueSat !== '0');
  return { ...document, outpoint, valueSat: valueSat.toString(), allocations: live };
}
