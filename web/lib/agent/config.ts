/**
 * An agent's configuration: one JSON file without secrets. Every fault is a plain sentence that
 * names its setting, and all of them are told at once.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as z from 'zod';
import type { OutgoingLimits } from '../engine/forwarding/ports.ts';
import { AgentFault } from './faults.ts';

/** The environment variable that may hold the passphrase instead of a file. */
export const PASSPHRASE_VARIABLE = 'REALYIELD_PASSPHRASE';

const LONGEST_PATH = 4_096;
const path = z.string('must be a path').min(1, 'must not be empty').max(LONGEST_PATH);
const sats = z
  .int('must be a whole number of satoshis')
  .min(1, 'must be at least 1 satoshi; leave it out for no limit')
  .max(2_100_000_000_000_000, 'is more than there will ever be');

const settingsSchema = z.strictObject({
  key: z
    .string('must be an encrypted key (ncryptsec1…)')
    .refine((text) => !text.startsWith('nsec1'), {
      error: 'is a bare secret key; encrypt it first (ncryptsec1…) and take it for known',
      abort: true,
    })
    .regex(/^ncryptsec1[02-9ac-hj-np-z]+$/, 'must be an encrypted key (ncryptsec1…)'),
  passphraseFile: path.optional(),
  walletFile: path,
  store: path,
  relays: z
    .array(z.url({ protocol: /^wss?$/, error: 'must begin with wss:// or ws://' }), {
      error: 'must be a list of addresses',
    })
    .min(1, 'must name at least one relay')
    .max(10, 'must name at most 10 relays'),
  healthPort: z
    .int('must be a port number, or 0 for any that is free')
    .min(0, 'must be a port number, or 0 for any that is free')
    .max(65_535, 'must be a port number, or 0 for any that is free')
    .default(4_190),
  repays: z.boolean('must be true or false').default(true),
  fillsBooks: z.boolean('must be true or false').default(false),
  paysDues: z.boolean('must be true or false').default(false),
  lastPriceMinutes: z
    .int('must be a whole number of minutes')
    .min(0, 'must be at least 0')
    .max(10_080, 'must be at most 10080 minutes, a week')
    .default(0),
  forwards: z.boolean('must be true or false').default(true),
  walletLimits: z
    .strictObject({
      cltvBlocks: z
        .int('must be a whole number of blocks')
        .min(40, 'must be at least 40 blocks')
        .max(800, 'must be at most 800 blocks'),
      feeBaseSat: z.int('must be a whole number of satoshis').min(0, 'must not be negative'),
      feeMillionths: z
        .int('must be a whole number of millionths')
        .min(0, 'must not be negative')
        .max(1_000_000, 'must be at most 1,000,000'),
    })
    .optional(),
  limits: z
    .strictObject({ perDaySat: sats.optional(), perContractSat: sats.optional() })
    .default({}),
});

/** What an agent does, and where. Paths are absolute. */
export interface AgentConfig {
  /** NIP-49. */
  readonly key: string;
  /** File with the passphrase of the key; undefined: the environment has it. */
  readonly passphraseFile: string | undefined;
  /** File with the wallet's address (NIP-47). */
  readonly walletFile: string;
  /** Folder of everything the agent must remember. */
  readonly store: string;
  readonly relays: readonly string[];
  /** Port of the health endpoint on loopback; 0: any that is free. */
  readonly healthPort: number;
  /** Whether what a business owes by the end of today is repaid without being asked. */
  readonly repays: boolean;
  /** Whether requests are signed weeks ahead, so that ticks stream while the agent is away. */
  readonly fillsBooks: boolean;
  /** Whether fees on top, guarantees and shares of recoveries are paid without being asked. */
  readonly paysDues: boolean;
  /**
   * In loans in a currency: for so many minutes the last price by a quorum of oracles stands in
   * where none gives one; 0: it waits.
   */
  readonly lastPriceMinutes: number;
  /** Whether a bank's agent passes payments on. */
  readonly forwards: boolean;
  /** What the wallet's operator declares of its outgoing payments, where the wallet does not. */
  readonly walletLimits: OutgoingLimits | undefined;
  /** The most that leaves the wallet in 24 hours, and under one contract in all, msat. */
  readonly limits: {
    readonly perDayMsat: bigint | undefined;
    readonly perContractMsat: bigint | undefined;
  };
}

const UNKNOWN: Readonly<Record<string, string>> = {
  passphrase:
    '"passphrase" does not belong here: put it into a file of its own that only you can read, ' +
    `name that in "passphraseFile", or give it in the environment as ${PASSPHRASE_VARIABLE}.`,
  wallet:
    '"wallet" does not belong here: put the wallet’s address into a file of its own that only ' +
    'you can read, and name that in "walletFile".',
};

/** `relays[0]`, `limits.perDaySat`. */
function fieldName(parts: readonly PropertyKey[]): string {
  return parts.reduce<string>((name, part) => {
    if (typeof part === 'number') return `${name}[${part}]`;
    return name === '' ? String(part) : `${name}.${String(part)}`;
  }, '');
}

function sentencesOf(issue: z.core.$ZodIssue, input: unknown): readonly string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(
      (key) => UNKNOWN[key] ?? `"${fieldName([...issue.path, key])}" is not a setting.`,
    );
  }
  const field = fieldName(issue.path);
  if (field === '') return ['The configuration must be one JSON object.'];
  const value = issue.path.reduce<unknown>(
    (at, part) => (at as Record<PropertyKey, unknown> | undefined)?.[part],
    input,
  );
  if (value === undefined) return [`"${field}" is missing.`];
  const isOurs = issue.message.startsWith('must') || issue.message.startsWith('is ');
  return [`"${field}" ${isOurs ? issue.message : 'is not what it should be'}.`];
}

const toMsat = (amountSat: number | undefined): bigint | undefined =>
  amountSat === undefined ? undefined : BigInt(amountSat) * 1_000n;

/** Reads settings; relative paths are taken from `folder`. Throws AgentFault. */
export function parseConfig(input: unknown, folder: string): AgentConfig {
  const parsed = settingsSchema.safeParse(input);
  if (!parsed.success) {
    // One sentence a setting: what has the wrong type is not also too long.
    const seen = new Set<string>();
    const isFirst = ({ path: parts }: z.core.$ZodIssue): boolean => {
      const field = fieldName(parts);
      return !seen.has(field) && seen.add(field).has(field);
    };
    const issues = parsed.error.issues.filter(isFirst);
    throw new AgentFault(issues.flatMap((issue) => sentencesOf(issue, input)));
  }
  const { passphraseFile, walletFile, store, limits, walletLimits, ...rest } = parsed.data;
  return {
    ...rest,
    passphraseFile: passphraseFile === undefined ? undefined : resolve(folder, passphraseFile),
    walletFile: resolve(folder, walletFile),
    store: resolve(folder, store),
    walletLimits: walletLimits && {
      cltvBlocks: walletLimits.cltvBlocks,
      feeBaseMsat: BigInt(walletLimits.feeBaseSat) * 1_000n,
      feeMillionths: BigInt(walletLimits.feeMillionths),
    },
    limits: {
      perDayMsat: toMsat(limits.perDaySat),
      perContractMsat: toMsat(limits.perContractSat),
    },
  };
}

/** Reads the configuration file. Throws AgentFault. */
export function readConfig(file: string): AgentConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new AgentFault([`${file} cannot be read.`]);
  }
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    throw new AgentFault([`${file} is not JSON.`]);
  }
  return parseConfig(input, dirname(resolve(file)));
}
