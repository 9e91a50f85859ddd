/**
 * The conformance suite on the embedded relay, open and strict, and on one that does it wrong.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { useRelays } from '../relay/testing.ts';
import { ALL_CHECKS, describeOutcome, runRelayCheck } from './command.ts';
import { runSuite, type Outcome } from './suite.ts';

const { start } = useRelays();
const program = fileURLToPath(new URL('../relay/main.ts', import.meta.url));
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanups.splice(0)) cleanUp();
});

async function collect(outcomes: AsyncIterable<Outcome>): Promise<Outcome[]> {
  const collected: Outcome[] = [];
  for await (const outcome of outcomes) collected.push(outcome);
  return collected;
}

/** What did not pass, as its lines say it. */
function complaints(outcomes: readonly Outcome[]): string[] {
  return outcomes.filter(({ status }) => status !== 'passed').map(describeOutcome);
}

test('an open embedded relay passes what it offers', async () => {
  const relay = await start({ maxSubscriptions: 30 });
  const outcomes = await collect(runSuite(relay.url, ALL_CHECKS));
  expect(outcomes).toHaveLength(ALL_CHECKS.length);
  expect(complaints(outcomes)).toEqual([
    '–     gift wraps reach those they are for, and nobody else: gift wraps are shown to anybody',
    '–     facts no reader can use are refused (relays.md): it takes facts no reader can use',
    '–     what was answered with OK survives kill -9: ' +
      'only tested on a relay the suite may kill',
  ]);
  // The suite has left; the relay hears of it in its own time.
  const left = () => relay.statistics().connections === 0;
  await vi.waitUntil(left, { timeout: 30_000 });
  expect(relay.statistics().subscriptions).toBe(0);
});

/** The embedded relay as a program, strict in everything, which can be killed. */
class KillableRelay {
  readonly #folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  #child: ChildProcess | null = null;
  #port = 0;
  url = '';

  async start(): Promise<void> {
    const options = ['--database', join(this.#folder, 'events.sqlite'), '--private-wraps'];
    this.#child = spawn(
      process.execPath,
      ['--import', 'tsx', '--conditions=@realyield/source', program, '--kinds', 'needed'].concat(
        ['--port', String(this.#port)],
        options,
      ),
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    if (this.#child.stdout === null) throw new Error('the program has no output');
    const [line] = (await once(createInterface(this.#child.stdout), 'line')) as [string];
    this.url = (JSON.parse(line) as { url: string }).url;
    this.#port = Number(new URL(this.url).port);
  }

  async restart(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    await this.start();
  }

  end(): void {
    this.#child?.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

test('a strict one passes everything, and survives kill -9', async () => {
  const relay = new KillableRelay();
  cleanups.push(() => relay.end());
  await relay.start();
  const outcomes = await collect(runSuite(relay.url, ALL_CHECKS, () => relay.restart()));
  expect(complaints(outcomes)).toEqual([]);
  expect(outcomes).toHaveLength(ALL_CHECKS.length);
});

/** Takes everything, forgets nothing, and shows everybody all of it. */
async function startCarelessRelay(): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  cleanups.push(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  const stored: unknown[] = [];
  const subscriptions: { readonly socket: WebSocket; readonly id: string }[] = [];
  server.on('connection', (socket) => {
    const send = (...message: unknown[]): void => socket.send(JSON.stringify(message));
    socket.on('message', (data: Buffer) => {
      const [type, second] = JSON.parse(data.toString()) as [string, never];
      if (type === 'REQ') {
        subscriptions.push({ socket, id: second });
        for (const event of stored) send('EVENT', second, event);
        send('EOSE', second);
      }
      if (type !== 'EVENT') return;
      stored.push(second);
      for (const { socket: other, id } of subscriptions) {
        other.send(JSON.stringify(['EVENT', id, second]));
      }
      send('OK', (second as { id: string }).id, true, '');
    });
  });
  await once(server, 'listening');
  return `ws://127.0.0.1:${(server.address() as { port: number }).port}`;
}

test('a careless relay is found out', async () => {
  const url = await startCarelessRelay();
  const unaware = ['limits', 'many subscriptions', 'future', 'facts', 'durability'];
  const right = ['duplicate', 'deletion of others', 'past', 'size'];
  const checks = ALL_CHECKS.filter(
    ({ name, nip }) => nip === undefined && !unaware.includes(name) && !right.includes(name),
  );
  const outcomes = await collect(runSuite(url, checks));
  const passed = outcomes.filter(({ status }) => status === 'passed');
  expect(passed.map(({ check }) => check.name)).toEqual([]);
  expect(outcomes.length).toBeGreaterThan(6);
});

test('the command prints a line for each requirement', async () => {
  const relay = await start({ maxSubscriptions: 10 });
  const lines: string[] = [];
  expect(await runRelayCheck([relay.url, '--json'], (line) => lines.push(line))).toBe(0);
  expect(lines).toHaveLength(ALL_CHECKS.length);
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    name: 'limits',
    status: 'passed',
    title: 'limits are announced (NIP-11)',
    why: '',
  });
  await expect(runRelayCheck(['example.org'], () => undefined)).rejects.toThrow('one address');
});
