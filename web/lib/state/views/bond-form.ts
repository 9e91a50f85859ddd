/** A bond as a bank makes it: what is typed, kept, read and said about it. */
import {
  isBitcoinKey,
  isCertificateOf,
  KEY_HOLDER_ROLES,
  placeOf,
  type BitcoinNetwork,
  type BondPlace,
  type KeyHolderRole,
} from '@realyield/protocol';
import type { BondTerms, ChosenHolders } from '../../engine/bonds/office.ts';
import { scriptFor } from '../../engine/bonds/office.ts';
import type { ParsedBondKey } from '../../engine/bonds/pledge-book.ts';
import { formatDate } from '../../format.ts';
import { nameOf, type Names } from './people.ts';

/** Everything typed; kept on the device until the bond is pledged. */
export interface BondDraft {
  kind: 'collateral' | 'timeLocked';
  /** Hex, of the bank's own wallet or of a key kept here. */
  bankKey: string;
  /** First second of a month, as text. */
  lockTimeSec: string;
  /** Ids of the events by which the three published their keys. */
  holders: Record<KeyHolderRole, string>;
  endPeriod: number;
  signature: string;
  /** Satoshis by the identifier of an offer. */
  allocations: Record<string, string>;
}

/** Under what it is kept. */
export const BOND_DRAFT = 'bond';

/** A draft nobody has written in. */
export function newBondDraft(): BondDraft {
  return {
    ...{ kind: 'collateral', bankKey: '', lockTimeSec: '', endPeriod: 0, signature: '' },
    holders: { arbiter: '', fallbackArbiter: '', trustee: '' },
    allocations: {},
  };
}

/** A draft as it was kept; a new one where that is none. */
export function keptBondDraft(kept: unknown): BondDraft {
  const blank = newBondDraft();
  if (typeof kept !== 'object' || kept === null) return blank;
  const { kind, bankKey, endPeriod, lockTimeSec, holders, signature, allocations } =
    kept as Partial<BondDraft>;
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const roles = KEY_HOLDER_ROLES.map((role) => [role, text(holders?.[role])] as const);
  return {
    kind: kind === 'timeLocked' ? kind : 'collateral',
    bankKey: text(bankKey),
    lockTimeSec: text(lockTimeSec),
    holders: Object.fromEntries(roles) as BondDraft['holders'],
    endPeriod: typeof endPeriod === 'number' ? endPeriod : 0,
    signature: text(signature),
    allocations: Object.fromEntries(
      Object.entries(allocations ?? {}).map(([offer, sat]) => [offer, text(sat)]),
    ),
  };
}

/** Whether somebody has begun to make a bond: it may be funded already. */
export function isBegun({ bankKey, lockTimeSec, holders }: BondDraft): boolean {
  return [bankKey, lockTimeSec, ...Object.values(holders)].some((text) => text !== '');
}

const LONGEST_MONTHS = 60;
const SHORTEST_MONTHS = 6;

/** First seconds of months, UTC, from half a year on, for five years. */
export function lockMonths(nowSec: number): { readonly value: string; readonly label: string }[] {
  const now = new Date(nowSec * 1_000);
  return Array.from({ length: LONGEST_MONTHS - SHORTEST_MONTHS + 1 }, (_, index) => {
    const month = now.getUTCMonth() + SHORTEST_MONTHS + index;
    const atSec = Date.UTC(now.getUTCFullYear(), month) / 1_000;
    return { value: String(atSec), label: formatDate(atSec) };
  });
}

/** What is wrong with a key that was typed; undefined when nothing is. */
export function keyMistake(typed: string): string | undefined {
  if (isBitcoinKey(typed.trim().toLowerCase())) return undefined;
  return 'A public key of your wallet: 66 characters of 0–9 and a–f, beginning with 02 or 03.';
}

/** The keys that were published for the bank, as one of them is chosen for a role. */
export function holderChoices(
  names: Names | undefined,
  keys: readonly ParsedBondKey[],
  role: KeyHolderRole,
): { readonly value: string; readonly label: string }[] {
  const of = keys.filter(({ document }) => document.role === role);
  const none = of.length === 0 ? 'nobody has published a key yet' : 'choose one';
  return [
    { value: '', label: none },
    ...of.map(({ event, document }) => ({
      value: event.id,
      label: [
        names ? nameOf(names, event.pubkey) : '',
        `key ${document.publicKey.slice(0, 10)}…`,
      ].join(', '),
    })),
  ];
}

/** The holders that were chosen, all three or none. */
function chosenHolders(
  draft: BondDraft,
  keys: readonly ParsedBondKey[],
): ChosenHolders | undefined {
  const [arbiter, fallbackArbiter, trustee] = KEY_HOLDER_ROLES.map((role) =>
    keys.find(({ event }) => event.id === draft.holders[role]),
  );
  return arbiter && fallbackArbiter && trustee ? { arbiter, fallbackArbiter, trustee } : undefined;
}

/** A bond that can be funded: its terms and where it lies; or what is lacking. */
export type ReadBond =
  | { readonly ok: true; readonly terms: BondTerms; readonly place: BondPlace }
  | { readonly ok: false; readonly lacking: string };

/** Reads a draft as far as its address. */
export function readBond(
  draft: BondDraft,
  keys: readonly ParsedBondKey[],
  network: BitcoinNetwork,
): ReadBond {
  const lacking = (sentence: string): ReadBond => ({ ok: false, lacking: sentence });
  const bankKey = draft.bankKey.trim().toLowerCase();
  if (keyMistake(bankKey) !== undefined) return lacking('Your key is still to be named.');
  if (!/^\d+$/.test(draft.lockTimeSec)) return lacking('Choose until when it is locked.');
  const lockTimeSec = Number(draft.lockTimeSec);
  const holders = draft.kind === 'collateral' ? chosenHolders(draft, keys) : undefined;
  if (draft.kind === 'collateral' && !holders) return lacking('Choose who holds the three keys.');
  const authors = holders ? KEY_HOLDER_ROLES.map((role) => holders[role].event.pubkey) : [];
  if (new Set(authors).size !== authors.length) {
    return lacking('The three keys must be of three different people.');
  }
  const terms = { bankKey, lockTimeSec, holders };
  const script = scriptFor(terms);
  if (!script.ok) return lacking('Two of these keys are the same, or one is none.');
  return { ok: true, terms, place: placeOf(script.value, network) };
}

/** What is wrong with a certificate's signature; undefined when it is by the bank's key. */
export function certificateMistake(
  { bankKey, endPeriod, signature }: BondDraft,
  bank: string,
): string | undefined {
  const certificate = { endPeriod, signature: signature.trim() };
  if (isCertificateOf(certificate, bankKey.trim().toLowerCase(), bank)) return undefined;
  return 'This is not the signature of this text by that key. Sign exactly the text above.';
}

/** Allocations as they are pledged, or the sentence that says what is wrong with them. */
export function readAllocations(
  typed: Readonly<Record<string, string>>,
  valueSat: bigint,
): { readonly offer: string; readonly valueSat: string }[] | string {
  const entries = Object.entries(typed)
    .map(([offer, text]) => ({ offer, text: text.replace(/[\s   ]/g, '') }))
    .filter(({ text }) => text !== '' && text !== '0');
  if (entries.some(({ text }) => !/^[1-9]\d{0,15}$/.test(text))) {
    return 'Write whole sats in digits, for example 250 000.';
  }
  const sum = entries.reduce((total, { text }) => total + BigInt(text), 0n);
  if (sum > valueSat) return 'That is more together than the bond holds.';
  return entries.map(({ offer, text }) => ({ offer, valueSat: text }));
}

/** What a kind of bond does, before it is made. */
export const KIND_CHOICES = [
  {
    value: 'collateral',
    label: 'A bond that can pay',
    note:
      'Any two of arbiter, fallback arbiter and trustee can pay a ruling out of it. Until its ' +
      'time is over you cannot touch it; then you alone can.',
  },
  {
    value: 'timeLocked',
    label: 'A bond that only waits',
    note:
      'Nobody can take it, you neither until its time is over. It shows what you give up, and ' +
      'covers no loss.',
  },
] as const;
