/**
 * One line of a relay's question into one line of answer, as strfry's write-policy plugins speak:
 * {"type":"new","event":…} in, {"id":…,"action":"accept"|"reject","msg":…} out.
 */
import type { Decision } from '../reasons.ts';
import { TOO_LONG, type Line } from './lines.ts';

/** Says what becomes of an event; may throw. */
export type Judge = (event: unknown) => Decision;

/** Longer ids are not repeated: strfry drops a plugin that answers more than 8,192 bytes. */
const MAX_ID_LENGTH = 64;

const HEX_64 = /^[0-9a-f]{64}$/;

function quoteId(id: string): string {
  return HEX_64.test(id) ? `"${id}"` : JSON.stringify(id);
}

function reject(id: string, message: string): string {
  return `{"id":${quoteId(id)},"action":"reject","msg":${JSON.stringify(message)}}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function idOf(event: unknown): string {
  if (!isRecord(event) || typeof event['id'] !== 'string') return '';
  return event['id'].length <= MAX_ID_LENGTH ? event['id'] : '';
}

/**
 * The answer to one line, without its end; never throws. A line without an id to repeat gets an
 * empty one: the relay then refuses the event at once instead of waiting for an answer.
 */
export function answerLine(line: Line, judge: Judge): string {
  if (line === TOO_LONG) return reject('', 'error: the question is too long');
  let question: unknown;
  try {
    question = JSON.parse(line);
  } catch {
    return reject('', 'error: the question is not JSON');
  }
  if (!isRecord(question)) return reject('', 'error: the question is not an object');
  const { type, event } = question;
  const id = idOf(event);
  if (type !== 'new') return reject(id, 'error: only questions of type "new" are understood');
  if (id === '') return reject(id, 'invalid: an event has an id');
  try {
    const decision = judge(event);
    if (decision.accept) return `{"id":${quoteId(id)},"action":"accept"}`;
    return reject(id, decision.reason);
  } catch {
    return reject(id, 'error: the event could not be judged');
  }
}
