/** What must agree in bond keys and pledges. Spec: specs/bonds.md. */
import type { EmbeddedEvent } from '../kinds/fields.ts';
import { Kind } from '../kinds.ts';
import {
  bondSchema,
  type BondDocument,
  type BondKeyDocument,
  type PledgeDocument,
} from '../kinds/bond.ts';
import type { ParsedBond } from '../parsed.ts';
import { reject, type Reject } from '../result.ts';
import { readDocument } from '../schema.ts';
import { checkBondScript, KEY_HOLDER_ROLES, type BondScript, type KeyHolderRole } from './bond.ts';
import { isCertificateOf, isKeyHolderProof } from './certificate.ts';

/** The events of a pledge's key holders, in the script's order; none where it is time-locked. */
export function holderEvents(document: BondDocument): readonly EmbeddedEvent[] {
  if (document.type !== 'pledge' || document.holders === undefined) return [];
  const { holders } = document;
  return KEY_HOLDER_ROLES.map((role) => holders[role]);
}

/** Contradictions within a pledge. */
export function bondContradiction(document: BondDocument): Reject | undefined {
  if (document.type !== 'pledge') return undefined;
  const { allocations, holders, valueSat } = document;
  // BD-6: "A reader MUST refuse a pledge as `CONTENT_TERMS` the allocations of which are not in the
  // order of their offers, each once and more than 0, are more together than its value, or are any
  // where the bond is time-locked…"
  const isOrdered = allocations.every(
    ({ offer, valueSat: each }, at) => each !== '0' && (allocations[at - 1]?.offer ?? '') < offer,
  );
  if (!isOrdered) return reject('CONTENT_TERMS', 'allocations');
  const allocated = allocations.reduce((sum, each) => sum + BigInt(each.valueSat), 0n);
  if (allocated > BigInt(valueSat)) return reject('CONTENT_TERMS', 'allocations');
  const isOnlySignal = holders === undefined && allocations.length > 0;
  return isOnlySignal ? reject('CONTENT_TERMS', 'allocations') : undefined;
}

/** The key a holder's event offers, if it is for this bank and role. */
function holderKey(
  embedded: EmbeddedEvent,
  role: KeyHolderRole,
  bank: string,
): BondKeyDocument | undefined {
  if (embedded.kind !== Kind.bond) return undefined;
  const read = readDocument(bondSchema, embedded.content);
  if (!read.ok || read.document.type !== 'bondKey') return undefined;
  return read.document.bank === bank && read.document.role === role ? read.document : undefined;
}

/** The script of a pledge by a bank; undefined where a holder's event is not one for it. */
export function bondOf(document: PledgeDocument, bank: string): BondScript | undefined {
  const { bankKey, holders, lockTimeSec } = document;
  if (!holders) return { kind: 'timeLocked', bankKey, lockTimeSec };
  const [arbiter, fallbackArbiter, trustee] = KEY_HOLDER_ROLES.map(
    (role) => holderKey(holders[role], role, bank)?.publicKey,
  );
  if (arbiter === undefined || fallbackArbiter === undefined || trustee === undefined) {
    return undefined;
  }
  const holderKeys = { arbiter, fallbackArbiter, trustee };
  return { kind: 'collateral', bankKey, lockTimeSec, holderKeys };
}

function checkPledge(document: PledgeDocument, bank: string): Reject | undefined {
  // BD-4: "A reader MUST refuse a pledge as `EMBEDDED_MISMATCH` a holder of which is not a bond key
  // of that role for the pledge's author…"
  const script = bondOf(document, bank);
  if (!script) return reject('EMBEDDED_MISMATCH', 'holders');
  const authors = holderEvents(document).map(({ pubkey }) => pubkey);
  // BD-4: "…and one as `AUTHOR_ROLE` two holders of which have one author, or one of which is the
  // bank…"
  if (new Set([bank, ...authors]).size !== authors.length + 1) return reject('AUTHOR_ROLE');
  const checked = checkBondScript(script);
  if (!checked.ok) return checked;
  // BD-5: "A reader MUST refuse a pledge as `BOND_CERTIFICATE` the certificate of which is not by
  // its `bankKey` for its author."
  const isCertified = isCertificateOf(document.certificate, document.bankKey, bank);
  return isCertified ? undefined : reject('BOND_CERTIFICATE');
}

/** Whether a bond key or a pledge is by whom it says, and its keys are. */
export function checkBond({ document, event }: ParsedBond): Reject | undefined {
  if (document.type === 'pledge') return checkPledge(document, event.pubkey);
  // BD-3: "A reader MUST refuse a bond key as `BOND_CERTIFICATE` the proof of which is not by its
  // `publicKey` over its role, author and bank."
  const { bank, proof, publicKey, role } = document;
  const isProven = isKeyHolderProof(proof, publicKey, { role, holder: event.pubkey, bank });
  return isProven ? undefined : reject('BOND_CERTIFICATE');
}
