/**
 * The embedded relay as a program. Prints one line of JSON, {"url": …}, when it is ready, and
 * stops on SIGINT or SIGTERM.
 *
 *   node --import tsx --conditions=@realyield/source relay-rules/src/relay/main.ts \
 *     --port 7777 --host 127.0.0.1 --database events.sqlite --private-wraps --kinds needed
 *
 * `--kinds protocol|needed|all` turns the protocol's write rules on.
 */
import { parseArgs } from 'node:util';
import { KINDS_POLICIES } from '../carried.ts';
import { DEFAULT_RULES } from '../decide.ts';
import { startRelay } from './server.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '7777' },
    host: { type: 'string', default: '127.0.0.1' },
    database: { type: 'string', default: ':memory:' },
    'private-wraps': { type: 'boolean', default: false },
    kinds: { type: 'string' },
  },
});
const kinds = KINDS_POLICIES.find((policy) => policy === values.kinds);
if (values.kinds !== undefined && kinds === undefined) {
  throw new Error(`--kinds is one of ${KINDS_POLICIES.join(', ')}`);
}

const relay = await startRelay({
  port: Number(values.port),
  host: values.host,
  databasePath: values.database,
  requireAuthForWraps: values['private-wraps'],
  ...(kinds === undefined ? {} : { rules: { ...DEFAULT_RULES, kinds } }),
});
process.stdout.write(`${JSON.stringify({ url: relay.url })}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void relay.stop());
