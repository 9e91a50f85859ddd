/** Who lives in the local world, and the main keys they were born with. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schnorr } from '@noble/curves/secp256k1.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import * as z from 'zod/mini';

/** Short names of the personas. */
export const PERSONA_IDS = ['ana', 'ben', 'bank', 'bakery'] as const;
/** A persona's short name. */
export type PersonaId = (typeof PERSONA_IDS)[number];

/** How a persona is shown on the page where visitors choose one. */
export interface PersonaProfile {
  readonly id: PersonaId;
  readonly name: string;
  readonly role: 'investor' | 'bank' | 'business';
  readonly about: string;
}

/** The personas, in the order they are shown. */
export const PROFILES: readonly PersonaProfile[] = [
  {
    id: 'ana',
    name: 'Ana Morales',
    role: 'investor',
    about: 'Teaches mathematics in Lisbon. Puts part of her savings into shops she can picture.',
  },
  {
    id: 'ben',
    name: 'Ben Okafor',
    role: 'investor',
    about: 'Repairs bicycles in Lagos. Lends small amounts and reads every prospectus twice.',
  },
  {
    id: 'bakery',
    name: 'Panadería Luz',
    role: 'business',
    about: 'Bakery in Suchitoto since 2016: eleven people, one deck oven, two schools waiting.',
  },
  {
    id: 'bank',
    name: 'Banco Comunal de Suchitoto',
    role: 'bank',
    about: 'A savings bank owned by its 2,300 members. It visits every business it presents.',
  },
];

/** A persona's main key pair; the secret never leaves this process. */
export interface PersonaKey {
  readonly secretKey: Uint8Array;
  /** 32-byte hex, x-only. */
  readonly publicKey: string;
}

const fileSchema = z.record(z.enum(PERSONA_IDS), z.string().check(z.regex(/^[0-9a-f]{64}$/)));

/** The keys kept in a world's folder; makes them when the folder is new. */
export function loadPersonaKeys(folder: string): Readonly<Record<PersonaId, PersonaKey>> {
  const path = join(folder, 'persona-keys.json');
  if (!existsSync(path)) {
    const made = PERSONA_IDS.map((id) => [id, bytesToHex(schnorr.utils.randomSecretKey())]);
    writeFileSync(path, JSON.stringify(Object.fromEntries(made)), { mode: 0o600, flag: 'wx' });
  }
  chmodSync(path, 0o600);
  const secrets = fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const keyOf = (id: PersonaId): PersonaKey => {
    const secretKey = hexToBytes(secrets[id]);
    return { secretKey, publicKey: bytesToHex(schnorr.getPublicKey(secretKey)) };
  };
  return { ana: keyOf('ana'), ben: keyOf('ben'), bank: keyOf('bank'), bakery: keyOf('bakery') };
}
