/** The secrets of an agent: in files that only their owner may read, never in its configuration. */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import type { Signer } from '../engine/ports.ts';
import { SignerError } from '../engine/ports.ts';
import { unlockNcryptsec } from '../signer/ncryptsec.ts';
import { parseWalletUri, type WalletConnection } from '../wallet/connection.ts';
import { PASSPHRASE_VARIABLE, type AgentConfig } from './config.ts';
import { AgentFault } from './faults.ts';

/** Permission bits of everybody but the owner. */
const OTHERS = 0o077;

/** The text of a file that nobody but its owner can read. Throws AgentFault. */
function readSecret(file: string, setting: string): string {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    throw new AgentFault([`The file of "${setting}" (${file}) cannot be read.`]);
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw new AgentFault([`"${setting}" (${file}) is not a file.`]);
    // Windows keeps its permissions elsewhere and shows every file as open.
    if (process.platform !== 'win32' && (stats.mode & OTHERS) !== 0) {
      throw new AgentFault([
        `Others on this machine can read the file of "${setting}" (${file}). ` +
          'Make it yours alone (chmod 600), and take what it holds for known if they could before.',
      ]);
    }
    return readFileSync(descriptor, 'utf8').trim();
  } finally {
    closeSync(descriptor);
  }
}

/** The wallet an agent pays from. Throws AgentFault. */
export function readWallet({ walletFile }: AgentConfig): WalletConnection {
  const parsed = parseWalletUri(readSecret(walletFile, 'walletFile'));
  if (parsed.ok) return parsed.value;
  const detail = parsed.detail === undefined ? '' : ` (${parsed.detail})`;
  throw new AgentFault([
    `The file of "walletFile" does not hold a wallet’s address, nostr+walletconnect://…${detail}.`,
  ]);
}

/** Opens an agent's key. Throws AgentFault. */
export async function openKey(config: AgentConfig, env: NodeJS.ProcessEnv): Promise<Signer> {
  const passphrase =
    config.passphraseFile === undefined
      ? env[PASSPHRASE_VARIABLE]
      : readSecret(config.passphraseFile, 'passphraseFile');
  if (passphrase === undefined || passphrase === '') {
    throw new AgentFault([
      'The passphrase of the key is missing: name its file in "passphraseFile", or give it in ' +
        `the environment as ${PASSPHRASE_VARIABLE}.`,
    ]);
  }
  try {
    return await unlockNcryptsec(config.key, passphrase);
  } catch (error) {
    if (error instanceof SignerError) throw new AgentFault([`"key": ${error.message}`]);
    throw error;
  }
}
