/** What is wrong with a configuration is said in sentences that name the setting. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encrypt } from 'nostr-tools/nip49';
import { getPublicKey } from 'nostr-tools/pure';
import { afterAll, expect, test } from 'vitest';
import { parseConfig, readConfig } from './config.ts';
import { AgentFault } from './faults.ts';
import { openKey, readWallet } from './secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'realyield-agent-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const GOOD = {
  key: 'ncryptsec1qqqqqq',
  walletFile: 'wallet.txt',
  store: 'data',
  relays: ['wss://relay.example'],
};

async function faults(act: () => unknown): Promise<readonly string[]> {
  try {
    await act();
  } catch (error) {
    if (error instanceof AgentFault) return error.sentences;
    throw error;
  }
  return [];
}

const faultsOf = (changes: object): Promise<readonly string[]> =>
  faults(() => parseConfig({ ...GOOD, ...changes }, '/etc/agent'));

test('a whole configuration has paths from its own folder, and limits in msat', () => {
  const limits = { perDaySat: 5 };
  expect(parseConfig({ ...GOOD, limits }, '/etc/agent')).toEqual({
    key: GOOD.key,
    passphraseFile: undefined,
    walletFile: '/etc/agent/wallet.txt',
    store: '/etc/agent/data',
    relays: GOOD.relays,
    forwards: true,
    walletLimits: undefined,
    healthPort: 4_190,
    repays: true,
    fillsBooks: false,
    paysDues: false,
    lastPriceMinutes: 0,
    limits: { perDayMsat: 5_000n, perContractMsat: undefined },
  });
});

test.each<[object, string]>([
  [{ key: undefined }, '"key" is missing.'],
  [{ key: 'nsec1qqq' }, '"key" is a bare secret key; encrypt it first (ncryptsec1…) and take it'],
  [{ key: 'npub1qqq' }, '"key" must be an encrypted key (ncryptsec1…).'],
  [{ relays: [] }, '"relays" must name at least one relay.'],
  [{ relays: 'wss://relay.example' }, '"relays" must be a list of addresses.'],
  [{ relays: ['https://relay.example'] }, '"relays[0]" must begin with wss:// or ws://.'],
  [
    { walletLimits: { cltvBlocks: 4, feeBaseSat: 1, feeMillionths: 0 } },
    '"walletLimits.cltvBlocks" must be at least 40 blocks.',
  ],
  [{ healthPort: 70_000 }, '"healthPort" must be a port number, or 0 for any that is free.'],
  [{ lastPriceMinutes: -1 }, '"lastPriceMinutes" must be at least 0.'],
  [{ limits: { perDaySat: 0.5 } }, '"limits.perDaySat" must be a whole number of satoshis.'],
  [{ limits: { perDaySat: 0 } }, '"limits.perDaySat" must be at least 1 satoshi;'],
  [{ limits: { perWeekSat: 1 } }, '"limits.perWeekSat" is not a setting.'],
  [{ passphrase: 'open' }, '"passphrase" does not belong here:'],
  [{ wallet: 'nostr+walletconnect://' }, '"wallet" does not belong here:'],
])('%j is refused', async (changes, sentence) => {
  const found = await faultsOf(changes);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(sentence);
});

test('all faults are told at once', async () => {
  expect(await faultsOf({ key: undefined, store: 4, colour: 'red' })).toEqual([
    '"key" is missing.',
    '"store" must be a path.',
    '"colour" is not a setting.',
  ]);
});

test('a file that is not there or not JSON is said by its name', async () => {
  const file = join(folder, 'agent.json');
  expect(await faults(() => readConfig(file))).toEqual([`${file} cannot be read.`]);
  writeFileSync(file, '{');
  expect(await faults(() => readConfig(file))).toEqual([`${file} is not JSON.`]);
  writeFileSync(file, '[]');
  expect(await faults(() => readConfig(file))).toEqual([
    'The configuration must be one JSON object.',
  ]);
});

test('a wallet’s address is read from a file that only its owner can read', async () => {
  const config = parseConfig(GOOD, folder);
  const said = () => faults(() => readWallet(config));
  expect((await said())[0]).toContain('cannot be read');
  const hex = '79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798';
  const uri = `nostr+walletconnect://${hex}?relay=wss://relay.example&secret=${'1'.repeat(64)}`;
  writeFileSync(config.walletFile, `${uri}\n`, { mode: 0o644 });
  expect((await said())[0]).toContain('Others on this machine can read the file of "walletFile"');
  chmodSync(config.walletFile, 0o600);
  expect(readWallet(config).relays).toEqual(['wss://relay.example']);
  writeFileSync(config.walletFile, 'https://wallet.example');
  expect(await said()).toEqual([
    'The file of "walletFile" does not hold a wallet’s address, nostr+walletconnect://… (scheme).',
  ]);
});

test('a key opens with the passphrase of its file or of the environment', async () => {
  const secretKey = new Uint8Array(32).fill(1);
  // Quick to open, unlike a key in use.
  const ncryptsec = encrypt(secretKey, 'correct horse', 2);
  const publicKey = getPublicKey(secretKey);
  const bare = parseConfig({ ...GOOD, key: ncryptsec }, folder);
  const opened = await openKey(bare, { REALYIELD_PASSPHRASE: 'correct horse' });
  expect(opened.publicKey).toBe(publicKey);
  expect((await faults(() => openKey(bare, {})))[0]).toContain('The passphrase of the key is');
  const config = { ...bare, passphraseFile: join(folder, 'passphrase.txt') };
  writeFileSync(config.passphraseFile, 'wrong horse\n', { mode: 0o600 });
  expect(await faults(() => openKey(config, {}))).toEqual([
    '"key": This passphrase does not open the key.',
  ]);
});
