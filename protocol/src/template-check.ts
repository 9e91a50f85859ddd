/** What a reader would say of an event that is about to be signed. Spec: specs/events.md. */
import { parseEvent } from './events.ts';
import type { Template } from './publish.ts';
import type { Reject } from './result.ts';
import { readShape, sizeProblem, type VerifiedEvent } from './verify.ts';

/** Why readers would refuse a template once it is signed; what it embeds is not looked at. */
export function templateProblem(template: Template): Reject | undefined {
  const blank = { id: '0'.repeat(64), pubkey: '0'.repeat(64), sig: '0'.repeat(128) };
  const shaped = readShape({ ...template, ...blank });
  if (!shaped.ok) return shaped;
  const size = sizeProblem(shaped.value);
  if (size) return size;
  // Nothing is believed of it but that whoever signs it would be read so.
  const parsed = parseEvent(shaped.value as unknown as VerifiedEvent);
  return parsed.ok ? undefined : parsed;
}
