/** Runs other programs: named, timed, and never left behind when this one is stopped. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ROOT } from './install.mjs';

/** What makes Node run the project's TypeScript, with the protocol from its source. */
export const TYPESCRIPT = ['--import', 'tsx', '--conditions=@realyield/source'];

/**
 * @typedef {{ name: string, command: string[], env?: Record<string, string>, live?: boolean,
 *   guarded?: boolean }} Step A program to run: its command line, whether its output is shown as it
 *   comes, and whether it holds a channel to this process (with-parent.mjs).
 * @typedef {{ name: string, code: number, output: string, seconds: number }} Outcome
 */

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
let stoppedAtMs = 0;

/**
 * Passes a signal on to a child and everything it started.
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function signalGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Already gone, or a system without process groups.
    child.kill(signal);
  }
}

/**
 * The first signal asks the children to stop; one that comes seconds later ends them. (A
 * terminal and npm both deliver Ctrl-C, so two at once are one wish.)
 * @param {NodeJS.Signals} signal
 */
function stopAll(signal) {
  const impatient = stoppedAtMs !== 0 && Date.now() - stoppedAtMs > 2000;
  if (stoppedAtMs !== 0 && !impatient) return;
  stoppedAtMs ||= Date.now();
  for (const child of running) signalGroup(child, impatient ? 'SIGKILL' : signal);
  if (running.size === 0) process.exit(128 + constants.signals[signal]);
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => stopAll(signal));
}

/** Whether a signal has asked everything to stop. */
export function isStopping() {
  return stoppedAtMs !== 0;
}

/**
 * Runs one step to its end; never rejects. Children get a process group of their own, so that
 * Ctrl-C reaches them once, through here.
 * @param {Step} step
 * @returns {Promise<Outcome>}
 */
export function runStep({ name, command, env = {}, live = false, guarded = false }) {
  const startedMs = Date.now();
  const stream = live ? 'inherit' : 'pipe';
  const [program = '', ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', stream, stream, ...(guarded ? /** @type {const} */ (['ipc']) : [])],
      detached: process.platform !== 'win32',
    });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    running.add(child);
    /** @param {number} code */
    const finish = (code) => {
      running.delete(child);
      resolve({ name, code, output, seconds: (Date.now() - startedMs) / 1000 });
    };
    child.on('error', (error) => {
      output += error.message;
      finish(1);
    });
    child.on('close', (code, signal) =>
      finish(code ?? 128 + (signal ? constants.signals[signal] : 0)),
    );
  });
}

/**
 * Runs steps, at most two at once, and says how each went as it ends.
 * @param {Step[]} steps
 * @returns {Promise<Outcome[]>}
 */
export async function runTwoAtOnce(steps) {
  const waiting = [...steps];
  /** @type {Outcome[]} */
  const outcomes = [];
  const work = async () => {
    for (let step = waiting.shift(); step && !isStopping(); step = waiting.shift()) {
      const outcome = await runStep(step);
      report(outcome);
      outcomes.push(outcome);
    }
  };
  await Promise.all([work(), work()]);
  return outcomes;
}

/**
 * One line for a success; for a failure also everything the program said.
 * @param {Outcome} outcome
 */
export function report({ name, code, output, seconds }) {
  const time = `${seconds.toFixed(1)} s`;
  console.log(code === 0 ? `  ok    ${name} (${time})` : `  FAIL  ${name} (${time})`);
  if (code !== 0 && output !== '') console.log(output.trimEnd().replace(/^/gm, '        '));
}

/**
 * The command line of a package's program, run by this Node (no shell, no npx).
 * @param {string} path inside node_modules
 * @param {string[]} args
 */
export function tool(path, ...args) {
  return [process.execPath, `node_modules/${path}`, ...args];
}

/**
 * Runs one of the project's TypeScript programs in the foreground; resolves with its exit code.
 * @param {string} file
 * @param {string[]} args
 */
export async function runTypeScript(file, args) {
  const guard = ['--import', new URL('with-parent.mjs', import.meta.url).href];
  const command = [process.execPath, ...guard, ...TYPESCRIPT, file, ...args];
  const { code } = await runStep({ name: file, command, live: true, guarded: true });
  return code;
}

/**
 * Runs a script's main function; a failure is one plain sentence and exit code 1.
 * @param {() => Promise<number>} main resolves with the exit code
 */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
