/** What banks have pledged, as far as it is known here. Spec: specs/bonds.md, "Bond, 2821". */
import {
  bondOf,
  KEY_HOLDER_ROLES,
  type ParsedBond,
  type ParsedEvent,
  type PledgeDocument,
} from '@realyield/protocol';

/** A pledge that was read. */
export type ParsedPledge = ParsedBond & { readonly document: PledgeDocument };

/** What can be read of pledges. */
export interface Pledges {
  /** Those of a bank that no later one of it replaces: the largest first. */
  ofBank(bank: string): readonly ParsedPledge[];
  /** Others in force that name the same output under the same script. */
  rivalsOf(pledge: ParsedPledge): readonly ParsedPledge[];
}

/** Whether an event is a pledge. */
export function isPledge(parsed: ParsedEvent): parsed is ParsedPledge {
  return parsed.name === 'bond' && parsed.document.type === 'pledge';
}

const outpointOf = ({ network, outpoint }: PledgeDocument): string =>
  `${network}:${outpoint.txid}:${outpoint.vout}`;

/** The script in one line: which keys, in which order, until when. */
function scriptOf({ document, event }: ParsedPledge): string {
  const script = bondOf(document, event.pubkey);
  if (!script) return '';
  const holders =
    script.kind === 'collateral' ? KEY_HOLDER_ROLES.map((role) => script.holderKeys[role]) : [];
  return [script.kind, script.lockTimeSec, script.bankKey, ...holders].join(' ');
}

function put(index: Map<string, ParsedPledge[]>, key: string, pledge: ParsedPledge): void {
  const pledges = index.get(key);
  if (pledges) pledges.push(pledge);
  else index.set(key, [pledge]);
}

function larger(a: ParsedPledge, b: ParsedPledge): number {
  const [aSat, bSat] = [BigInt(a.document.valueSat), BigInt(b.document.valueSat)];
  if (aSat !== bSat) return aSat > bSat ? -1 : 1;
  return a.event.id < b.event.id ? -1 : 1;
}

/** Verified pledges. */
export class PledgeBook implements Pledges {
  readonly #byBank = new Map<string, ParsedPledge[]>();
  readonly #byOutpoint = new Map<string, ParsedPledge[]>();
  /** Ids of pledges that their own bank has replaced, behind the bank's key. */
  readonly #replaced = new Set<string>();

  /** Adds a verified event, once; others than pledges are left aside. */
  add(parsed: ParsedEvent): void {
    if (!isPledge(parsed)) return;
    const { document, event } = parsed;
    put(this.#byBank, event.pubkey, parsed);
    put(this.#byOutpoint, outpointOf(document), parsed);
    if (document.replaces !== undefined) this.#replaced.add(`${event.pubkey}:${document.replaces}`);
  }

  ofBank(bank: string): readonly ParsedPledge[] {
    return (this.#byBank.get(bank) ?? []).filter((each) => this.#isInForce(each)).sort(larger);
  }

  rivalsOf(pledge: ParsedPledge): readonly ParsedPledge[] {
    const others = this.#byOutpoint.get(outpointOf(pledge.document)) ?? [];
    // BD-16: "A client MUST flag every pledge whose output another one in force names under the
    // same script, of whichever bank: each of them counts what there is only once.…"
    return others.filter(
      (other) =>
        other.event.id !== pledge.event.id &&
        this.#isInForce(other) &&
        scriptOf(other) === scriptOf(pledge),
    );
  }

  #isInForce({ event }: ParsedPledge): boolean {
    return !this.#replaced.has(`${event.pubkey}:${event.id}`);
  }
}
