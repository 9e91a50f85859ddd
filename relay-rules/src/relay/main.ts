/**
 * The embedded relay as a program. Prints one line of JSON, {"url": …}, when it is ready, and
 * stops on SIGINT or SIGTERM.
 *
 *   node --import tsx --conditions=@realyield/source relay-rules/src/relay/main.ts \
 *     --port 7777 --host 127.0.0.1 --database events.sqlite --private-wraps
 */
import { parseArgs } from 'node:util';
import { startRelay } from './server.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '7777' },
    host: { type: 'string', default: '127.0.0.1' },
    database: { type: 'string', default: ':memory:' },
    'private-wraps': { type: 'boolean', default: false },
  },
});

const relay = await startRelay({
  port: Number(values.port),
  host: values.host,
  databasePath: values.database,
  requireAuthForWraps: values['private-wraps'],
});
process.stdout.write(`${JSON.stringify({ url: relay.url })}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void relay.stop());
