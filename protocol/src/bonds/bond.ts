/**
 * What a bond is made of: keys and a time. Spec: specs/bonds.md, "Scripts"; BIP-46, BIP-65.
 */
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import { civilOf } from '../civil.ts';
import { ok, reject, type Result } from '../result.ts';

/** A Bitcoin network, as contracts name them. */
export type BitcoinNetwork = 'mainnet' | 'testnet' | 'signet' | 'regtest';

/** The three who can pay a collateral bond out, two of them together, in the script's order. */
export const KEY_HOLDER_ROLES = ['arbiter', 'fallbackArbiter', 'trustee'] as const;

/** One of the three. */
export type KeyHolderRole = (typeof KEY_HOLDER_ROLES)[number];

/** Locked until a time and the bank's alone: shows cost, cannot be taken (BIP-46). */
export interface TimeLockedScript {
  readonly kind: 'timeLocked';
  /** The bank's Bitcoin key, 33 bytes compressed, hex. */
  readonly bankKey: string;
  /** Unix seconds from which the bank can spend it. */
  readonly lockTimeSec: number;
}

/** Paid out by two of three, and the bank's again after a time. */
export interface CollateralScript {
  readonly kind: 'collateral';
  readonly bankKey: string;
  readonly lockTimeSec: number;
  /** Bitcoin keys of the three, 33 bytes compressed, hex. */
  readonly holderKeys: Readonly<Record<KeyHolderRole, string>>;
}

/** What a bond's output is locked by. */
export type BondScript = TimeLockedScript | CollateralScript;

/** Below this a lock time counts blocks (BIP-65). */
const LOCK_TIME_THRESHOLD = 500_000_000;

/** The greatest lock time a transaction can bear: 32 bits. */
const LOCK_TIME_MAX = 0xffff_ffff;

const DAY_SEC = 86_400;

/** Whether BIP-46 knows a time: the first second of a month from 2020 to 2099, UTC. */
export function isBip46Time(timeSec: number): boolean {
  const { year, day } = civilOf(Math.floor(timeSec / DAY_SEC));
  return timeSec % DAY_SEC === 0 && day === 1 && year >= 2020 && year <= 2099;
}

/** Whether 33 bytes in hex are a compressed public key on the curve. */
export function isBitcoinKey(hex: string): boolean {
  return /^0[23][0-9a-f]{64}$/.test(hex) && secp256k1.utils.isValidPublicKey(hexToBytes(hex), true);
}

function keysOf(script: BondScript): readonly string[] {
  if (script.kind === 'timeLocked') return [script.bankKey];
  return [...KEY_HOLDER_ROLES.map((role) => script.holderKeys[role]), script.bankKey];
}

/** Checks a bond's keys and time; refuses with BOND_SCRIPT. */
export function checkBondScript(script: BondScript): Result<BondScript> {
  const { lockTimeSec } = script;
  const keys = keysOf(script);
  // BD-1: "The lock time of a bond is a time and not a height, at most 4,294,967,295; that of a
  // time-locked bond is the first second of a month from 2020 to 2099 in UTC…"
  const isTime = lockTimeSec >= LOCK_TIME_THRESHOLD && lockTimeSec <= LOCK_TIME_MAX;
  if (!isTime || (script.kind === 'timeLocked' && !isBip46Time(lockTimeSec))) {
    return reject('BOND_SCRIPT', 'lockTimeSec');
  }
  // BD-2: "…refuse a bond as `BOND_SCRIPT` two keys of which are the same or one of which is none."
  if (new Set(keys).size !== keys.length) return reject('BOND_SCRIPT', 'keys');
  return keys.every(isBitcoinKey) ? ok(script) : reject('BOND_SCRIPT', 'keys');
}
