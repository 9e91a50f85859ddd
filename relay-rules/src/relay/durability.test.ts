/**
 * The relay as a program: its end, and what it still knows after the next start. That it survives
 * being killed is shown by the conformance suite.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Client, createSigner, useRelays } from './testing.ts';

const { start, connect } = useRelays();
const program = fileURLToPath(new URL('./main.ts', import.meta.url));
let folder = '';
let child: ChildProcess | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'relay-'));
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

async function startProgram(): Promise<{ readonly url: string; readonly process: ChildProcess }> {
  const database = join(folder, 'events.sqlite');
  child = spawn(
    process.execPath,
    ['--import', 'tsx', '--conditions=@realyield/source', program, '--port', '0'].concat([
      '--database',
      database,
    ]),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const { stdout } = child;
  if (stdout === null) throw new Error('the program has no output');
  const [line] = (await once(createInterface(stdout), 'line')) as [string];
  return { url: (JSON.parse(line) as { url: string }).url, process: child };
}

test('the program stops by itself on SIGTERM, and keeps deletions across restarts', async () => {
  const running = await startProgram();
  const client = await Client.connect(running.url);
  const signer = createSigner();
  const event = signer.sign({});
  await client.publish(event);
  await client.publish(signer.sign({ kind: 5, tags: [['e', event.id]] }));
  running.process.kill('SIGTERM');
  expect(await once(running.process, 'exit')).toEqual([0, null]);

  const reader = await connect(await start({ databasePath: join(folder, 'events.sqlite') }));
  expect(await reader.request('all', { kinds: [1] })).toEqual([]);
  expect((await reader.publish(event))[0]).toBe(false);
});
