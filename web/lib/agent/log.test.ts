/** The log holds no secrets, whoever says them; the endpoint answers this machine only. */
import { request } from 'node:http';
import { expect, test } from 'vitest';
import { askStatus, startHealth } from './health.ts';
import { createLog } from './log.ts';
import { linesOf, type AgentReport } from './report.ts';

test('secrets are struck out, known ones and what looks like one', () => {
  const lines: string[] = [];
  const known = 'ab'.repeat(32);
  const log = createLog(
    () => 0,
    (line) => lines.push(line),
    [known, ''],
  );
  const words = [
    `nostr+walletconnect://00?secret=${'c'.repeat(64)}`,
    'nsec1qqqsyqcyq5rqwzqf',
    'ncryptsec1qgg9947rlpvqu76pj5ecreduf9jxhselq2nae2kghhvd5g7dgjtcxfqtd67p9m0w57lspw8gsq6y',
    `{"preimage":"${'d'.repeat(64)}"}`,
    `the key is ${known}`,
    'bunker://aa?secret=s3cret',
    'passphrase: horse',
  ];
  for (const message of words) log.problem('engine', { message });
  log.info('paid', { paymentHash: 'e'.repeat(64), feesPaidMsat: '10', left: undefined });
  const text = lines.join('');
  for (const secret of ['cccc', 'qqqsy', 'gg9947', 'dddd', 'abab', 's3cret', 'horse']) {
    expect(text).not.toContain(secret);
  }
  expect(lines).toHaveLength(words.length + 1);
  expect(JSON.parse(lines.at(-1) ?? '')).toEqual({
    at: '1970-01-01T00:00:00.000Z',
    level: 'info',
    event: 'paid',
    paymentHash: 'e'.repeat(64),
    feesPaidMsat: '10',
  });
});

const REPORT: AgentReport = {
  publicKey: 'a'.repeat(64),
  pid: 7,
  startedAtSec: 0,
  nowSec: 60,
  isRunning: true,
  relays: [{ url: 'wss://relay.example', state: 'open' }],
  unsent: 0,
  contracts: [
    {
      contract: 'b'.repeat(64),
      role: 'investor',
      status: 'effective',
      payer: { level: 'waiting', code: 'nextTick', sentence: 'Waiting.', untilSec: 3_600 },
      underWay: 1,
      paidParts: 2,
      paidMsat: '2000500',
      feesMsat: '7',
    },
  ],
};

test('health is 200 or 503 with reasons, and strangers’ pages get nothing', async () => {
  let report = REPORT;
  const health = await startHealth(0, () => report);
  const get = async (path: string, host = '127.0.0.1', method = 'GET') =>
    new Promise<{ code: number | undefined; body: string }>((resolve, reject) => {
      const options = { port: health.port, path, method, headers: { host } };
      const asked = request({ ...options, host: '127.0.0.1' }, (response) => {
        let body = '';
        response.on('data', (chunk) => (body += String(chunk)));
        response.on('end', () => {
          resolve({ code: response.statusCode, body });
        });
      });
      asked.on('error', reject);
      asked.end();
    });
  expect(await get('/health')).toMatchObject({ code: 200 });
  expect((await get('/status', 'evil.example')).code).toBe(403);
  expect((await get('/status', '127.0.0.1', 'POST')).code).toBe(405);
  expect((await get('/')).code).toBe(404);
  expect(await askStatus(health.port)).toEqual(REPORT);
  report = { ...REPORT, relays: [] };
  const sick = await get('/health');
  expect(sick.code).toBe(503);
  expect(sick.body).toContain('No relay can be reached.');
  await expect(startHealth(health.port, () => report)).rejects.toThrow('is taken');
  await health.stop();
  expect(await askStatus(health.port)).toBeUndefined();
});

test('status says what is done and why it waits', () => {
  const text = linesOf(REPORT).join('\n');
  expect(text).toContain('paid from here 2 parts, 2,000.5 sat and 0.007 sat of fees; 1 under way');
  expect(text).toContain('nextTick: Waiting. (until 1970-01-01T01:00:00.000Z)');
});
