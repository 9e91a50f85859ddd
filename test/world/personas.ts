/** Who can live in the local world, and the main keys they were born with. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schnorr } from '@noble/curves/secp256k1.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import * as z from 'zod/mini';
import { APPOINTEE_IDS, type AppointeeId } from './appointees.ts';

/** The four who are in every world: what tests need. */
export const SMALL_CAST = ['ana', 'ben', 'bakery', 'bank'] as const;
/** Everybody, in the order they are shown. */
export const PERSONA_IDS = [
  ...(['ana', 'ben', 'mei', 'lars', 'priya', 'tomas'] as const),
  ...(['bakery', 'weavers', 'coffee', 'solar', 'boats'] as const),
  ...(['bank', 'winam'] as const),
] as const;

/** A persona's short name; who is only appointed has another. */
export type PersonaId = (typeof PERSONA_IDS)[number];

/** How a persona is shown on the page where visitors choose one. */
export interface PersonaProfile {
  readonly id: PersonaId;
  readonly name: string;
  readonly role: 'investor' | 'bank' | 'business';
  /** A sentence or two. */
  readonly about: string;
  /** A few more. */
  readonly biography: string;
  /** Country by its two letters. */
  readonly place: { readonly country: string; readonly locality: string };
  /** What a business does. */
  readonly sector?: string;
  /** Over whom payments go; nobody for the bank all others are connected to. */
  readonly hub: 'bank' | 'winam' | undefined;
  /** Its helper does not repay by itself: this is what a late loan looks like. */
  readonly isStruggling?: boolean;
}

/** A persona's main key pair; the secret never leaves this process. */
export interface PersonaKey {
  readonly secretKey: Uint8Array;
  /** 32-byte hex, x-only. */
  readonly publicKey: string;
}

/** Everybody who has a key in the world. */
export type KeyHolder = PersonaId | AppointeeId;

const fileSchema = z.record(z.string(), z.string().check(z.regex(/^[0-9a-f]{64}$/)));

/** The keys kept in a world's folder; makes them when the folder is new. */
export function loadPersonaKeys(folder: string): (id: KeyHolder) => PersonaKey {
  const path = join(folder, 'persona-keys.json');
  if (!existsSync(path)) {
    const holders = [...PERSONA_IDS, ...APPOINTEE_IDS];
    const made = holders.map((id) => [id, bytesToHex(schnorr.utils.randomSecretKey())]);
    writeFileSync(path, JSON.stringify(Object.fromEntries(made)), { mode: 0o600, flag: 'wx' });
  }
  chmodSync(path, 0o600);
  const secrets = fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  return (id) => {
    const secretKey = hexToBytes(secrets[id] ?? '');
    return { secretKey, publicKey: bytesToHex(schnorr.getPublicKey(secretKey)) };
  };
}
