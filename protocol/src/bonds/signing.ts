/**
 * Signing a bond's spending: nobody signs anything but what was agreed, and what is combined is
 * checked again. Spec: specs/bonds.md, "Payout"; BIP-174 (roles), BIP-143 (what is signed).
 */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { base64, hex } from '@scure/base';
import { SigHash, Transaction } from '@scure/btc-signer';
import { ok, reject, type Result } from '../result.ts';
import { KEY_HOLDER_ROLES, type BondScript } from './bond.ts';
import { placeOf, witnessScriptOf } from './script.ts';
import { readTransaction, type ChainTransaction } from './transaction.ts';
import { spendingOf, type FundedBond, type SpendingPath, type SpendingPlan } from './spend.ts';

/** The largest PSBT that is read, base64 characters: 1,000 outputs take a tenth of it. */
const MAX_PSBT_CHARACTERS = 1_000_000;

const EMPTY = new Uint8Array();

function readPsbt(psbtBase64: string): Result<Transaction> {
  if (psbtBase64.length > MAX_PSBT_CHARACTERS) return reject('PAYOUT_PSBT');
  try {
    const options = { allowUnknownInputs: true, allowUnknownOutputs: true };
    return ok(Transaction.fromPSBT(base64.decode(psbtBase64), options));
  } catch {
    return reject('PAYOUT_PSBT');
  }
}

/** The transaction of a PSBT, signed or not: its id is the same. */
export function psbtTransaction(psbtBase64: string): Result<ChainTransaction> {
  const read = readPsbt(psbtBase64);
  return read.ok ? readTransaction(hex.encode(read.value.unsignedTx)) : read;
}

/**
 * Reads a PSBT of somebody else's and holds it against the plan: it must be that transaction and
 * no other, to the satoshi, and sign all of it. Refuses with PAYOUT_PSBT or PAYOUT_MISMATCH.
 */
export function checkSpending(
  psbtBase64: string,
  bond: FundedBond,
  plan: SpendingPlan,
): Result<Transaction> {
  const theirs = readPsbt(psbtBase64);
  if (!theirs.ok) return theirs;
  const ours = spendingOf(bond, plan);
  if (!ours.ok) return ours;
  // BD-23: "…sign a payout only when its transaction is, byte for byte, the one the plan gives…"
  if (hex.encode(theirs.value.unsignedTx) !== hex.encode(ours.value.unsignedTx)) {
    return reject('PAYOUT_MISMATCH');
  }
  const input = theirs.value.getInput(0);
  const place = placeOf(bond.script, bond.network);
  const isBond =
    input.witnessUtxo?.amount === bond.valueSat &&
    hex.encode(input.witnessUtxo.script) === place.scriptPubKey &&
    input.witnessScript !== undefined &&
    hex.encode(input.witnessScript) === place.witnessScript;
  const signsAll = input.sighashType === undefined || input.sighashType === SigHash.ALL;
  return isBond && signsAll ? theirs : reject('PAYOUT_MISMATCH');
}

/** The keys of a path, in the order their signatures stand in the witness. */
function keysOf(script: BondScript, path: SpendingPath): readonly string[] {
  if (path === 'bank' || script.kind === 'timeLocked') return [script.bankKey];
  return KEY_HOLDER_ROLES.map((role) => script.holderKeys[role]);
}

/** Signs a spending that is the plan's with a Bitcoin key (32 bytes, hex); base64. */
export function signSpending(
  psbtBase64: string,
  bond: FundedBond,
  plan: SpendingPlan,
  secretKeyHex: string,
): Result<string> {
  const transaction = checkSpending(psbtBase64, bond, plan);
  if (!transaction.ok) return transaction;
  const secretKey = hex.decode(secretKeyHex);
  const publicKey = hex.encode(secp256k1.getPublicKey(secretKey, true));
  if (!keysOf(bond.script, plan.path).includes(publicKey)) return reject('PAYOUT_SIGNER');
  transaction.value.signIdx(secretKey, 0);
  return ok(base64.encode(transaction.value.toPSBT()));
}

/** What every signature of a bond's spending signs (BIP-143). */
function digestOf(transaction: Transaction, script: BondScript, valueSat: bigint): Uint8Array {
  return transaction.preimageWitnessV0(0, witnessScriptOf(script), SigHash.ALL, valueSat);
}

/** Whether a signature is a key's over all of a transaction. */
function isSignature(signature: Uint8Array, digest: Uint8Array, key: Uint8Array): boolean {
  const options = { prehash: false, format: 'der', lowS: true } as const;
  const isAll = signature.at(-1) === SigHash.ALL;
  return isAll && isValid(() => secp256k1.verify(signature.slice(0, -1), digest, key, options));
}

/** The signatures of a PSBT by key, those that are valid for all of the transaction. */
function signaturesOf(transaction: Transaction, bond: FundedBond): ReadonlyMap<string, Uint8Array> {
  const digest = digestOf(transaction, bond.script, bond.valueSat);
  const found = new Map<string, Uint8Array>();
  for (const [key, signature] of transaction.getInput(0).partialSig ?? []) {
    if (isSignature(signature, digest, key)) found.set(hex.encode(key), signature);
  }
  return found;
}

/**
 * Whose signatures a final transaction spends a bond of this value by, each key once; none where
 * it spends something else. The value is signed too: of another there are none.
 */
export function finalSigners(
  transactionHex: string,
  script: BondScript,
  valueSat: bigint,
): readonly string[] {
  try {
    const options = { allowUnknownInputs: true, allowUnknownOutputs: true } as const;
    const transaction = Transaction.fromRaw(hex.decode(transactionHex), options);
    const witness = transaction.getInput(0).finalScriptWitness ?? [];
    const own = witness.at(-1);
    if (transaction.inputsLength !== 1 || own === undefined) return [];
    if (hex.encode(own) !== hex.encode(witnessScriptOf(script))) return [];
    const digest = digestOf(transaction, script, valueSat);
    return keysOf(script, 'holders').filter((key) =>
      witness.some((each) => isSignature(each, digest, hex.decode(key))),
    );
  } catch {
    return [];
  }
}

function isValid(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

/** Who has signed a spending so far: their Bitcoin keys, those of the path only. */
export function signersOf(
  psbtBase64: string,
  bond: FundedBond,
  plan: SpendingPlan,
): Result<readonly string[]> {
  const transaction = checkSpending(psbtBase64, bond, plan);
  if (!transaction.ok) return transaction;
  const signatures = signaturesOf(transaction.value, bond);
  return ok(keysOf(bond.script, plan.path).filter((key) => signatures.has(key)));
}

/**
 * Puts the signatures of several PSBTs of one plan together into the transaction to broadcast, hex.
 * A signature that does not verify is left out; PAYOUT_SIGNATURES when too few are left.
 */
export function finaliseSpending(
  psbtsBase64: readonly string[],
  bond: FundedBond,
  plan: SpendingPlan,
): Result<string> {
  const signatures = new Map<string, Uint8Array>();
  for (const psbt of psbtsBase64) {
    const transaction = checkSpending(psbt, bond, plan);
    if (!transaction.ok) return transaction;
    for (const [key, signature] of signaturesOf(transaction.value, bond)) {
      signatures.set(key, signature);
    }
  }
  const needed = plan.path === 'holders' ? 2 : 1;
  const signed = keysOf(bond.script, plan.path)
    .flatMap((key) => signatures.get(key) ?? [])
    .slice(0, needed);
  if (signed.length < needed) return reject('PAYOUT_SIGNATURES');
  const final = spendingOf(bond, plan);
  if (!final.ok) return final;
  const witness = [...witnessOf(signed, bond.script, plan.path), witnessScriptOf(bond.script)];
  final.value.updateInput(0, { finalScriptWitness: witness }, true);
  return ok(hex.encode(final.value.extract()));
}

/** The stack below the witness script: of the bank's branch, three empty ones fail the multisig. */
function witnessOf(
  signatures: readonly Uint8Array[],
  script: BondScript,
  path: SpendingPath,
): readonly Uint8Array[] {
  if (script.kind === 'timeLocked') return signatures;
  return path === 'holders' ? [EMPTY, ...signatures] : [...signatures, EMPTY, EMPTY, EMPTY];
}
