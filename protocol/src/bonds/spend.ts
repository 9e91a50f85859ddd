/**
 * Spending a bond: what two of the three pay out, or the bank takes back, as a PSBT that ordinary
 * wallets can look at and sign. Spec: specs/bonds.md, "Payout"; BIP-174.
 */
import { base64, hex } from '@scure/base';
import { Address, OutScript, Transaction } from '@scure/btc-signer';
import { ok, reject, type Result } from '../result.ts';
import type { BitcoinNetwork, BondScript } from './bond.ts';
import { addressesOf, placeOf, witnessScriptOf } from './script.ts';
import type { Outpoint } from './transaction.ts';

/** A bond as it lies on the chain. */
export interface FundedBond {
  readonly network: BitcoinNetwork;
  readonly script: BondScript;
  readonly outpoint: Outpoint;
  readonly valueSat: bigint;
}

/** Who gets how much. */
export interface PayoutOutput {
  readonly address: string;
  readonly valueSat: bigint;
}

/** Who spends: two of the three holders, or the bank after the lock time. */
export type SpendingPath = 'holders' | 'bank';

/** What a spending does: whom it pays, in this order; the rest goes back under the same script. */
export interface SpendingPlan {
  readonly path: SpendingPath;
  readonly outputs: readonly PayoutOutput[];
  /** Paid to miners out of what is not paid out. */
  readonly feeSat: bigint;
}

/** What Bitcoin Core relays at least, in satoshis, of an output to P2WSH. */
export const BOND_DUST_SAT = 330n;

/** Outputs one payout may have: far below what a standard transaction holds. */
export const PAYOUT_OUTPUTS_MAX = 1_000;

/** May be replaced by one with a higher fee (BIP-125), and bears a lock time. */
const SEQUENCE = 0xffff_fffd;

/** Bytes of a signature as witness, with its length: at most 72 in DER and the hash type. */
const SIGNATURE_BYTES = 74;

/** Version, lock time, and one input without script, with the counts of both lists. */
const FIXED_BYTES = 4 + 4 + 1 + 1 + 41;

/** From this many on, a count takes two bytes more. */
const LONG_COUNT = 253;

/** The output script of an address on a network; refuses anything else with PAYOUT_ADDRESS. */
export function payoutScript(address: string, network: BitcoinNetwork): Result<Uint8Array> {
  // BD-20: "A writer MUST pay only to addresses of the bond's network; others are refused as
  // `PAYOUT_ADDRESS`."
  try {
    return ok(OutScript.encode(Address(addressesOf(network)).decode(address)));
  } catch {
    return reject('PAYOUT_ADDRESS');
  }
}

/** The address of an output script on a network; undefined where it has none. */
export function payoutAddress(scriptPubKey: string, network: BitcoinNetwork): string | undefined {
  try {
    return Address(addressesOf(network)).encode(OutScript.decode(hex.decode(scriptPubKey)));
  } catch {
    return undefined;
  }
}

/** Least value of an output that relays pass on, satoshis; by Bitcoin Core's rule at 3 sat/vB. */
export function dustSat(script: Uint8Array): bigint {
  // Spending an output takes 41 bytes and 107 of signature and key, a quarter of those if segwit.
  const isWitness = script[0] === 0 || (script[0] ?? 0) >= 0x51;
  const spending = isWitness ? 41 + Math.floor(107 / 4) : 41 + 107;
  return BigInt(3 * (8 + 1 + script.length + spending));
}

/** Virtual bytes of a spending once it is signed, rounded up (BIP-141). */
export function spendingVirtualBytes(
  { network, script }: FundedBond,
  path: SpendingPath,
  addresses: readonly string[],
): number {
  const outputs = addresses.map((address) => {
    const found = payoutScript(address, network);
    return 8 + 1 + (found.ok ? found.value.length : 34);
  });
  const change = 8 + 1 + 34;
  const count = addresses.length + 1 >= LONG_COUNT ? FIXED_BYTES + 2 : FIXED_BYTES;
  const stripped = count + outputs.reduce((sum, each) => sum + each, change);
  const signatures = path === 'holders' ? 1 + 2 * SIGNATURE_BYTES : 3 + SIGNATURE_BYTES;
  const witness = 2 + 1 + signatures + 3 + witnessScriptOf(script).length;
  return Math.ceil((4 * stripped + witness) / 4);
}

function checkPlan(bond: FundedBond, plan: SpendingPlan): Result<bigint> {
  const { outputs, path, feeSat } = plan;
  // BD-21: "A writer MUST plan from 1 to 1,000 outputs, each of at least what relays pass on, and
  // no more than the bond holds, fee included; otherwise it is refused as `PAYOUT_AMOUNT`."
  if (outputs.length === 0 || outputs.length > PAYOUT_OUTPUTS_MAX) return reject('PAYOUT_AMOUNT');
  if (path === 'holders' && bond.script.kind !== 'collateral') {
    return reject('BOND_SCRIPT', 'a time-locked bond is only the bank’s');
  }
  for (const { address, valueSat } of outputs) {
    const script = payoutScript(address, bond.network);
    if (!script.ok) return script;
    if (valueSat < dustSat(script.value)) return reject('PAYOUT_AMOUNT', 'dust');
  }
  const paid = outputs.reduce((sum, { valueSat }) => sum + valueSat, 0n);
  const rest = bond.valueSat - paid - feeSat;
  return feeSat < 0n || rest < 0n ? reject('PAYOUT_AMOUNT', 'more than the bond') : ok(rest);
}

/** The unsigned transaction of a plan; refuses addresses of another network and bad amounts. */
export function spendingOf(bond: FundedBond, plan: SpendingPlan): Result<Transaction> {
  const rest = checkPlan(bond, plan);
  if (!rest.ok) return rest;
  const { network, outpoint, script, valueSat } = bond;
  const place = placeOf(script, network);
  // The lock time lets the bank's branch through only once the chain's clock is past it (BIP-65).
  const lockTime = plan.path === 'bank' ? script.lockTimeSec : 0;
  const transaction = new Transaction({ lockTime, allowUnknownInputs: true });
  transaction.addInput({
    txid: outpoint.txid,
    index: outpoint.vout,
    sequence: SEQUENCE,
    witnessUtxo: { script: hex.decode(place.scriptPubKey), amount: valueSat },
    witnessScript: hex.decode(place.witnessScript),
  });
  for (const { address, valueSat: amount } of plan.outputs) {
    transaction.addOutputAddress(address, amount, addressesOf(network));
  }
  // BD-22: "What is not paid out goes back under the same script, in the last output…"
  if (rest.value >= BOND_DUST_SAT) {
    transaction.addOutput({ script: hex.decode(place.scriptPubKey), amount: rest.value });
  }
  return ok(transaction);
}

/** `spendingOf` as a PSBT (BIP-174) in base64. */
export function buildSpending(bond: FundedBond, plan: SpendingPlan): Result<string> {
  const transaction = spendingOf(bond, plan);
  return transaction.ok ? ok(base64.encode(transaction.value.toPSBT())) : transaction;
}
