/**
 * What an agent does, as JSON lines on stderr. No secret gets there: whatever looks like a key, a
 * wallet's address or a preimage is struck out, also from words of libraries and wallets.
 */

/** Values of a log line; undefined ones are left out. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes log lines. */
export interface AgentLog {
  info(event: string, fields?: LogFields): void;
  problem(event: string, fields?: LogFields): void;
}

const MOST_LENGTH = 1_000;
const STRUCK = '[struck out]';
const SECRETS: readonly RegExp[] = [
  /nostr\+?walletconnect:\S*/gi,
  /bunker:\/\/\S*/gi,
  /\b(nsec|ncryptsec)1[02-9ac-hj-np-z]+/gi,
  /\b(secret|preimage|passphrase|password)(["']?\s*[=:]\s*["']?)[^\s"'&,}]+/gi,
];

/** A text without what looks like a secret. */
export function strikeOut(text: string): string {
  const struck = SECRETS.reduce((left, pattern) => left.replace(pattern, STRUCK), text);
  return struck.length > MOST_LENGTH ? `${struck.slice(0, MOST_LENGTH)}…` : struck;
}

/** Makes a log; `secrets` are struck out wherever they stand. */
export function createLog(
  nowMs: () => number,
  write: (line: string) => void,
  secrets: readonly string[] = [],
): AgentLog {
  const clean = (text: string): string => {
    const known = secrets.filter((secret) => secret !== '');
    return strikeOut(known.reduce((left, secret) => left.replaceAll(secret, STRUCK), text));
  };
  const line = (level: 'info' | 'problem', event: string, fields: LogFields): void => {
    const cleaned = Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? clean(value) : value,
    ]);
    const at = new Date(nowMs()).toISOString();
    const record = { at, level, event, ...(Object.fromEntries(cleaned) as LogFields) };
    write(`${JSON.stringify(record)}\n`);
  };
  return {
    info(event, fields = {}) {
      line('info', event, fields);
    },
    problem(event, fields = {}) {
      line('problem', event, fields);
    },
  };
}
