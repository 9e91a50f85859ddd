/**
 * The plugin as strfry runs it: a process with lines in and lines out.
 */
import type { SignedEvent } from '@realyield/protocol';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { createSigner, nowSec } from '../relay/testing.ts';
import { LineReader, TOO_LONG } from './lines.ts';

const program = fileURLToPath(new URL('../../bin/realyield.mjs', import.meta.url));
const children: ChildProcessWithoutNullStreams[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(...args: string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [program, ...args]);
  // Whoever has gone already cannot be written to.
  child.stdin.on('error', () => undefined);
  children.push(child);
  return child;
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const piece of stream) text += String(piece);
  return text;
}

/** Everything a program says to this input, and its exit code. */
async function run(input: string | Buffer, ...args: string[]) {
  const child = start(...args);
  const exited = once(child, 'exit');
  child.stdin.end(input);
  const [out, error] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  const [code] = (await exited) as [number | null];
  return { lines: out.split('\n').slice(0, -1), out, error, code };
}

const question = (event: unknown, type = 'new'): string =>
  JSON.stringify({ type, event, receivedAt: nowSec(), sourceType: 'IP4', sourceInfo: '::1' });

test('each line has one answer, in order, whatever it is', async () => {
  const signer = createSigner();
  const good = signer.sign({ kind: 30_078, tags: [['d', 'x']] });
  const note = signer.sign({ kind: 1, content: 'ü' });
  const reject = (id: string, msg: string) => JSON.stringify({ id, action: 'reject', msg });
  const notNew = 'error: only questions of type "new" are understood';
  const cases: [string, string][] = [
    [question(good), JSON.stringify({ id: good.id, action: 'accept' })],
    ['', reject('', 'error: the question is not JSON')],
    ['{"type":"new"', reject('', 'error: the question is not JSON')],
    ['null', reject('', 'error: the question is not an object')],
    ['[]', reject('', notNew)],
    [question(good, 'lookback'), reject(good.id, notNew)],
    [question(null), reject('', 'invalid: an event has an id')],
    [question({ id: 5 }), reject('', 'invalid: an event has an id')],
    [question({ id: 'a'.repeat(65) }), reject('', 'invalid: an event has an id')],
    [
      question({ id: '"\\\u0001' }),
      reject('"\\\u0001', 'invalid: This is not a well-formed Nostr event. (EVENT_SHAPE: id)'),
    ],
    [
      question(note),
      reject(note.id, 'blocked: This relay does not carry events of this kind. (KIND_NOT_CARRIED)'),
    ],
    [`${question(good)}\r`, JSON.stringify({ id: good.id, action: 'accept' })],
    // The last one has no end.
    [question(good), JSON.stringify({ id: good.id, action: 'accept' })],
  ];
  const input = cases.map(([line]) => line).join('\n');
  const { lines, error, code } = await run(input, 'strfry-plugin');
  expect(lines).toEqual(cases.map(([, answer]) => answer));
  expect([error, code]).toEqual(['', 0]);
});

test('too much, and bytes that are no text, are one line each', async () => {
  const good = createSigner().sign({ kind: 0, content: 'é' });
  const bytes = Buffer.concat([
    Buffer.alloc(5_000_000, 'x'),
    Buffer.from(`\n${question(good)}\n`),
    Buffer.from([0xff, 0xfe, 0x00, 0x0a]),
    Buffer.from(question({ ...good, content: 'X' })).map((byte) => (byte === 88 ? 0xc3 : byte)),
    Buffer.from('\n'),
  ]);
  const { lines, code } = await run(bytes, 'strfry-plugin', '--check-signatures');
  expect(lines.map((line) => (JSON.parse(line) as { msg?: string }).msg)).toEqual([
    'error: the question is too long',
    undefined,
    'error: the question is not JSON',
    'invalid: The event’s id does not match what it contains. (EVENT_ID)',
  ]);
  expect(code).toBe(0);
});

test('signatures of embedded events are checked where the operator says so', async () => {
  const path = new URL('../../../specs/vectors/payments/receipts-several.json', import.meta.url);
  const { events } = JSON.parse(readFileSync(path, 'utf8')) as { events: SignedEvent[] };
  const receipt = events.find(({ kind }) => kind === 2_813) as SignedEvent;
  const document = JSON.parse(receipt.content) as { request: { sig: string } };
  document.request.sig = receipt.sig;
  const content = JSON.stringify(document);
  const { pubkey, created_at, kind, tags } = receipt;
  const text = JSON.stringify([0, pubkey, created_at, kind, tags, content]);
  const id = createHash('sha256').update(text).digest('hex');
  const args = ['strfry-plugin', '--max-future-sec', '999999999'];
  const input = question({ ...receipt, content, id });
  const [leaving, checking] = await Promise.all([
    run(input, ...args),
    run(input, ...args, '--embedded-signatures'),
  ]);
  expect(leaving.lines[0]).toContain('"action":"accept"');
  expect(checking.lines[0]).toContain('EMBEDDED_INVALID');
});

test('lines come together from any pieces', () => {
  const reader = new LineReader(10);
  const pieces = ['ab', 'c\nd', 'ef\n\n', '0123456789\n', '01234', '567890\nxy', 'z'];
  const lines = pieces.flatMap((piece) => reader.read(Buffer.from(piece)));
  expect(lines).toEqual(['abc', 'def', '', '0123456789', TOO_LONG]);
  expect([reader.end(), reader.end()]).toEqual(['xyz', undefined]);
});

test('it ends quietly when nobody reads its answers', async () => {
  const child = start('strfry-plugin');
  const exited = once(child, 'exit');
  const line = `${question(createSigner().sign({ kind: 0 }))}\n`;
  child.stdin.write(line);
  await once(child.stdout, 'data');
  child.stdout.destroy();
  child.stdin.write(line.repeat(3));
  expect(await exited).toEqual([0, null]);
  expect(await textOf(child.stderr)).toBe('');
});

test('options are checked, and explained', async () => {
  const help = await run('', 'strfry-plugin', '--help');
  expect([help.code, help.error, help.out.startsWith('Usage: ')]).toEqual([0, '', true]);
  expect((await run('', '--help')).code).toBe(0);
  const wrong = [
    [],
    ['unknown'],
    ['strfry-plugin', '--kinds', 'some'],
    ['strfry-plugin', '--max-future-sec', '-5'],
    ['strfry-plugin', '--relay-url', 'example.org'],
    ['strfry-plugin', '--colour'],
  ];
  const outcomes = await Promise.all(wrong.map((args) => run('', ...args)));
  for (const { out, error, code } of outcomes) {
    expect([out, code, error === '']).toEqual(['', 2, false]);
  }
});

test('keys that vanish are barred, also after the plugin is started again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vanish-'));
  const path = join(folder, 'list');
  try {
    const args = ['strfry-plugin', '--vanish-list', path, '--relay-url', 'wss://relay.example'];
    const signer = createSigner();
    const at = nowSec() - 100;
    const old = signer.sign({ kind: 0, created_at: at });
    const ask = signer.sign({
      kind: 62,
      created_at: at,
      tags: [['relay', 'wss://relay.example/']],
    });
    const elsewhere = signer.sign({ kind: 62, tags: [['relay', 'wss://a.example']] });
    const actions = async (...events: unknown[]) => {
      const { lines, error } = await run(
        events.map((event) => question(event)).join('\n'),
        ...args,
      );
      return [...lines.map((line) => (JSON.parse(line) as { action: string }).action), error];
    };
    expect(await actions(old, elsewhere)).toEqual(['accept', 'reject', '']);
    const [first, second, said] = await actions(ask, old);
    expect([first, second]).toEqual(['accept', 'reject']);
    expect(said).toContain(`"authors":["${signer.publicKeyHex}"],"until":${at}`);
    // A crash in the middle of the next line takes nothing of the first.
    writeFileSync(path, `${readFileSync(path, 'utf8')}${'ab'.repeat(9)}`);
    expect(await actions(old)).toEqual(['reject', '']);
    writeFileSync(path, 'what is this\n');
    expect((await run('', ...args)).code).toBe(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a plugin is asked and answers, one line at a time', async () => {
  const child = start('strfry-plugin');
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const signer = createSigner();
  for (let at = 0; at < 20; at += 1) {
    const event = signer.sign({ kind: 30_078, content: String(at) });
    child.stdin.write(`${question(event)}\n`);
    const { value } = (await answers.next()) as { value: string };
    expect(JSON.parse(value)).toEqual({ id: event.id, action: 'accept' });
  }
});

/** `O_NONBLOCK` on Linux. */
const NONBLOCKING = 0o4000;

test.runIf(existsSync('/proc/self/fdinfo'))('it waits in the kernel, not in naps', async () => {
  const child = start('strfry-plugin');
  child.stdin.write('\n');
  await once(child.stdout, 'data');
  // Whoever so much as names process.stdin makes it answer "try again" instead of waiting.
  const flags = [0, 1].map((fd) => {
    const [, octal = ''] =
      /flags:\s*(\d+)/.exec(readFileSync(`/proc/${child.pid}/fdinfo/${fd}`, 'utf8')) ?? [];
    return parseInt(octal, 8) & NONBLOCKING;
  });
  expect(flags).toEqual([0, 0]);
});
