/**
 * `npm run agent`: an unattended engine for a bank, a business or an investor. See the README.
 */
import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { Agent } from './agent.ts';
import { PASSPHRASE_VARIABLE, readConfig } from './config.ts';
import { AgentFault } from './faults.ts';
import { askStatus } from './health.ts';
import { isLocked, readHolder } from './lock.ts';
import { createLog, strikeOut } from './log.ts';
import { linesOf, troublesOf } from './report.ts';
import { openKey, readWallet } from './secrets.ts';
import { systemClock } from './system-clock.ts';

const HELP = `npm run agent -- [run | status | check] [--config FILE]

  run      works until it is stopped (the default)
  status   says what the running agent does, and why it waits, contract by contract
  check    says what is wrong with the configuration, key and wallet file, and starts nothing

  --config FILE   the configuration; agent.json unless given
  --json          status as JSON

The passphrase of the key is in a file the configuration names, or in ${PASSPHRASE_VARIABLE}.
`;

/** However a wallet or relay hangs, a signal ends the process after this long. */
const STOP_MS = 8_000;

async function secretsOf(file: string) {
  const config = readConfig(file);
  const connection = readWallet(config);
  const person = await openKey(config, process.env);
  return { config, connection, person };
}

async function run(file: string): Promise<void> {
  const { config, connection, person } = await secretsOf(file);
  const passphrase = process.env[PASSPHRASE_VARIABLE] ?? '';
  const secrets = [connection.secret, config.key, passphrase];
  const write = (line: string): void => void process.stderr.write(line);
  const log = createLog(() => systemClock.nowMs(), write, secrets);
  const textOf = (part: unknown): string =>
    part instanceof Error ? `${part.name}: ${part.message}` : String(part);
  console.error = (...parts: unknown[]) => {
    log.problem('engine', { message: parts.map(textOf).join(' ') });
  };
  // Nothing goes on in a state nobody understands; the journal knows what was under way.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      log.problem('crashed', { message: textOf(error) });
      process.exit(1);
    });
  }
  const agent = new Agent({ config, person, connection, log });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      log.info('stopping', { signal });
      setTimeout(() => process.exit(128 + constants.signals[signal]), STOP_MS).unref();
      void agent.stop().then(() => process.exit(0));
    });
  }
  try {
    await agent.start();
  } catch (error) {
    await agent.stop();
    throw error;
  }
}

async function status(file: string, isJson: boolean): Promise<number> {
  const { store } = readConfig(file);
  const holder = readHolder(store);
  const port = holder?.healthPort;
  const report = port === undefined ? undefined : await askStatus(port);
  if (report) {
    console.log(isJson ? JSON.stringify(report) : linesOf(report).join('\n'));
    return troublesOf(report).length === 0 ? 0 : 2;
  }
  const name = holder === undefined ? '' : ` (process ${holder.pid})`;
  console.log(
    isLocked(store)
      ? `An agent works on this store${name} but does not answer.`
      : 'No agent works on this store. What was under way is in its journal for the next start.',
  );
  return 3;
}

async function check(file: string): Promise<number> {
  const { person } = await secretsOf(file);
  console.log(`All is well. This agent would act for ${person.publicKey}.`);
  person.close();
  return 0;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      config: { type: 'string', default: 'agent.json' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [command = 'run', ...rest] = positionals;
  if (values.help) console.log(HELP);
  else if (rest.length > 0 || !['run', 'status', 'check'].includes(command)) {
    throw new AgentFault([`There is no "${positionals.join(' ')}"; --help lists what there is.`]);
  } else if (command === 'status') process.exitCode = await status(values.config, values.json);
  else if (command === 'check') process.exitCode = await check(values.config);
  else await run(values.config);
}

try {
  await main();
} catch (error) {
  const sentences = error instanceof AgentFault ? error.sentences : [String(error)];
  for (const sentence of sentences) process.stderr.write(`${strikeOut(sentence)}\n`);
  process.exitCode = 1;
}
