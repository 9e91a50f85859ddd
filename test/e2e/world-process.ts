/** The local world as its own process, started as `npm start` starts it, and its control door. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { WorldPersona } from '../world/world.ts';

/** A running world. */
export interface WorldProcess {
  readonly url: string;
  readonly relays: readonly string[];
  readonly personas: readonly WorldPersona[];
  /** Asks the control door; throws with its sentence when it refuses. */
  control<T>(request: Record<string, unknown>): Promise<T>;
  /** Stops it as Ctrl-C does; resolves when the process is gone. */
  stop(): Promise<void>;
  /** Ends it as kill -9 does; resolves when the process is gone. */
  kill(): Promise<void>;
}

/**
 * Starts a world with the control door open, in a temporary folder unless the flags name one;
 * resolves when it says it is ready.
 */
export async function startWorldProcess(flags: readonly string[] = []): Promise<WorldProcess> {
  const child = spawn(
    process.execPath,
    [
      '--import',
      'tsx',
      '--conditions=@realyield/source',
      'test/world/main.ts',
      '--control',
      '--no-open',
      '--temporary',
      '--small',
      '--port',
      '0',
      ...flags,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const url = await readyLine(child);
  const response = await fetch(`${url}/world.json`);
  const { relays, personas } = (await response.json()) as {
    relays: string[];
    personas: WorldPersona[];
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  const control = async <T>(request: Record<string, unknown>): Promise<T> => {
    const asked = await fetch(`${url}/control`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    const answer = (await asked.json()) as { ok: true; value: T } | { ok: false; sentence: string };
    if (!answer.ok) throw new Error(answer.sentence);
    return answer.value;
  };
  return { url, relays, personas, control, stop: () => end('SIGINT'), kill: () => end('SIGKILL') };
}

async function readyLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('no output to read');
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const match = /^world ready (\{.*\})$/.exec(line);
    if (match?.[1] !== undefined) {
      return (JSON.parse(match[1]) as { url: string }).url;
    }
  }
  throw new Error('the world stopped before it was ready');
}
