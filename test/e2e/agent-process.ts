/** `npm run agent` as its own process, for a persona of a local world. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { encrypt } from 'nostr-tools/nip49';

/** Who an agent works for. */
export interface AgentOwner {
  readonly secretKey: Uint8Array;
  readonly walletUri: string;
  readonly relays: readonly string[];
  /** Settings that are not as usual. */
  readonly settings?: object;
}

/** One line of its log. */
export interface AgentLine {
  readonly level: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

/** A running agent. */
export interface AgentProcess {
  readonly pid: number | undefined;
  /** Everything it has logged, oldest first. */
  readonly lines: readonly AgentLine[];
  /** Everything it wrote, as it wrote it. */
  readonly text: () => string;
  /** Stops it as a supervisor does; resolves with its exit code. */
  stop(): Promise<number | null>;
  /** Ends it as kill -9 does; resolves when the process is gone. */
  kill(): Promise<void>;
}

/** The command line that Node runs an agent by, from its source. */
const PROGRAM = [
  '--import',
  'tsx',
  '--conditions=@realyield/source',
  'web/lib/agent/main.ts',
] as const;
const PASSPHRASE = 'only for tests';

/** Writes an agent's configuration and its wallet's file into a folder; returns its path. */
export function writeAgentConfig(folder: string, owner: AgentOwner): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'wallet.txt'), owner.walletUri, { mode: 0o600 });
  const config = {
    key: encrypt(owner.secretKey, PASSPHRASE, 2),
    walletFile: 'wallet.txt',
    store: 'data',
    relays: owner.relays,
    healthPort: 0,
    ...owner.settings,
  };
  const file = join(folder, 'agent.json');
  writeFileSync(file, JSON.stringify(config));
  return file;
}

function spawnAgent(args: readonly string[], program: readonly string[]): ChildProcess {
  const env = { ...process.env, REALYIELD_PASSPHRASE: PASSPHRASE };
  return spawn(process.execPath, [...program, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
}

/** Starts an agent, from its source unless it was built; resolves when it says it is ready. */
export async function startAgentProcess(
  configFile: string,
  program: readonly string[] = PROGRAM,
): Promise<AgentProcess> {
  const child = spawnAgent(['--config', configFile], program);
  const lines: AgentLine[] = [];
  let text = '';
  const isReady = new Promise<void>((resolve, reject) => {
    if (child.stderr) {
      createInterface({ input: child.stderr }).on('line', (line) => {
        text += `${line}\n`;
        if (!line.startsWith('{')) return;
        const said = JSON.parse(line) as AgentLine;
        lines.push(said);
        if (said.event === 'ready') resolve();
      });
    }
    child.once('exit', () => {
      reject(new Error(`the agent ended before it was ready: ${text}`));
    });
  });
  await isReady;
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, 'exit');
    }
    return child.exitCode;
  };
  return {
    pid: child.pid,
    lines,
    text: () => text,
    stop: () => end('SIGTERM'),
    async kill() {
      await end('SIGKILL');
    },
  };
}

/** What `agent status` prints, and its exit code. */
export async function agentStatus(
  configFile: string,
  flags: readonly string[] = [],
  program: readonly string[] = PROGRAM,
): Promise<{ code: number; text: string }> {
  const child = spawnAgent(['status', '--config', configFile, ...flags], program);
  let text = '';
  child.stdout?.on('data', (chunk) => (text += String(chunk)));
  const [code] = (await once(child, 'exit')) as [number];
  return { code, text };
}
