/**
 * `realyield relay-check URL`: one line for each requirement.
 */
import { parseArgs } from 'node:util';
import { UsageError } from '../command.ts';
import { normalizeRelayUrl } from '../vanish.ts';
import { ACCESS_CHECKS } from './access.ts';
import { SERVING_CHECKS } from './serving.ts';
import { STORING_CHECKS } from './storing.ts';
import { runSuite, type Check, type Outcome } from './suite.ts';

/** Every requirement, in the order it is asked. */
export const ALL_CHECKS: readonly Check[] = [
  ...SERVING_CHECKS,
  ...ACCESS_CHECKS,
  ...STORING_CHECKS,
];

/** What `--help` prints. */
export const RELAY_CHECK_HELP = `Usage: realyield relay-check URL [--json]

Asks a relay for everything the clients of Real Yield rely on, and prints one line for each
requirement: ok, FAIL, or – when the relay does not offer it. It publishes small events under
fresh keys and deletes them in the end.

  --json   one JSON object a line: {"name","status","title","why"}

Exit codes: 0 when nothing failed, 1 when something did or the relay could not be reached, 2 when
the address makes no sense.
`;

const SIGNS: Readonly<Record<Outcome['status'], string>> = {
  passed: 'ok  ',
  failed: 'FAIL',
  'not offered': '–   ',
};

/** One line for a reader. */
export function describeOutcome({ check, status, why }: Outcome): string {
  return `${SIGNS[status]}  ${check.title}${why === '' ? '' : `: ${why}`}`;
}

/** Runs the suite and prints what became of it; resolves with the exit code. */
export async function runRelayCheck(
  args: readonly string[],
  print: (line: string) => void,
): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  });
  const [url = ''] = positionals;
  if (positionals.length !== 1 || normalizeRelayUrl(url) === null) {
    throw new UsageError('one address is needed, ws://… or wss://…');
  }
  let failed = 0;
  for await (const outcome of runSuite(url, ALL_CHECKS)) {
    const { check, status, why } = outcome;
    if (status === 'failed') failed += 1;
    const line = { name: check.name, status, title: check.title, why };
    print(values.json ? JSON.stringify(line) : describeOutcome(outcome));
  }
  return failed === 0 ? 0 : 1;
}
