#!/usr/bin/env node
/**
 * Starts the command `realyield`. In a fresh clone it first installs and builds what is needed;
 * whatever that prints goes to standard error, for standard output belongs to the command.
 *
 * Nothing here imports node:process: that opens standard input and output as streams, which then
 * no longer block, and a plugin that waits for its next question would have to take naps.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, ENTRY, isBuilt } from './build.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

function install() {
  if (existsSync(`${ROOT}node_modules/vite`)) return;
  process.stderr.write('realyield: installing dependencies; this takes a minute or two …\n');
  const result = spawnSync('npm', ['ci', '--loglevel=error'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) throw new Error('the dependencies could not be installed');
}

async function prepare() {
  if (isBuilt()) return;
  try {
    install();
    await build();
  } catch (error) {
    // An operator's relay often runs as somebody who may not write here.
    if (!existsSync(ENTRY)) throw error;
    process.stderr.write(`realyield: running an older build: ${String(error)}\n`);
  }
}

try {
  await prepare();
  const { main } = await import(pathToFileURL(ENTRY).href);
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`realyield: ${text}\n`);
  process.exitCode = 1;
}
