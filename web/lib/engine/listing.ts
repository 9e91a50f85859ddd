/** Publishing what a person states under their own key: offers and profiles. */
import { ok, readEvent, type Result, type SignedEvent, type Template } from '@realyield/protocol';
import type { Desk } from './desk.ts';

/** Signs and publishes; refuses, with the code a stranger would give, what nobody would read. */
export async function publishListing(desk: Desk, template: Template): Promise<Result<SignedEvent>> {
  const event = await desk.person.sign(template);
  const read = readEvent(event);
  if (!read.ok) return read;
  await desk.catalog.add([event], 'this device');
  await desk.outbox.send(event);
  return ok(event);
}
