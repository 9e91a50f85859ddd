/**
 * The command `realyield`: what a relay operator runs, and what checks evidence. Built by
 * bin/build.mjs, started by bin/realyield.mjs.
 */
import { isUsageError } from './command.ts';

const HELP = `Usage: realyield <command> [options]

  strfry-plugin    the protocol's write rules as a write-policy plugin of strfry
  relay-check URL  what a relay does of what the protocol's clients rely on
  verify FILE      what an evidence bundle proves, without a network

realyield <command> --help says more.
`;

interface Command {
  readonly help: string;
  /** Resolves with the exit code. */
  readonly run: (args: readonly string[]) => Promise<number>;
}

const printLine = (line: string): void => void process.stdout.write(`${line}\n`);

/** Loads a command alone: a plugin should not wait for what only another one needs. */
async function loadCommand(name: string): Promise<Command | undefined> {
  if (name === 'strfry-plugin') {
    const { runStrfryPlugin, STRFRY_HELP } = await import('./plugin/strfry.ts');
    return { help: STRFRY_HELP, run: (args) => runStrfryPlugin(args).then(() => 0) };
  }
  if (name === 'relay-check') {
    const { runRelayCheck, RELAY_CHECK_HELP } = await import('./conformance/command.ts');
    return { help: RELAY_CHECK_HELP, run: (args) => runRelayCheck(args, printLine) };
  }
  if (name === 'verify') {
    const { runVerify, VERIFY_HELP } = await import('./evidence/command.ts');
    return { help: VERIFY_HELP, run: (args) => runVerify(args, printLine) };
  }
  return undefined;
}

/** Runs the command line and resolves with the exit code; never rejects. */
export async function main(argv: readonly string[]): Promise<number> {
  const [name = '', ...args] = argv;
  try {
    const command = await loadCommand(name);
    if (!command) {
      const isHelp = name === '--help' || name === 'help';
      (isHelp ? process.stdout : process.stderr).write(HELP);
      return isHelp ? 0 : 2;
    }
    if (args.includes('--help')) {
      process.stdout.write(command.help);
      return 0;
    }
    return await command.run(args);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const hint = isUsageError(error) ? `; realyield ${name} --help` : '';
    process.stderr.write(`realyield: ${text}${hint}\n`);
    return isUsageError(error) ? 2 : 1;
  }
}
