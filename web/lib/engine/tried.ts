/** Steps the fold may refuse: tried on a copy first, so that what is refused is not published. */
import {
  foldContract,
  readEvent,
  reject,
  type ParsedEvent,
  type Result,
} from '@realyield/protocol';
import { eventRow, type Desk } from './desk.ts';
import type { EventTemplate, Signer } from './ports.ts';

/** What the fold would say to one more event of a contract; `inner` is what it embeds. */
export function tryOnCopy(
  desk: Desk,
  root: string,
  parsed: ParsedEvent,
  inner: readonly ParsedEvent[] = [],
): Result<string> {
  const fold = foldContract(root, [...desk.catalog.eventsOf(root), ...inner, parsed]);
  if (!fold.ok) return fold;
  const { id } = parsed.event;
  const refused = fold.value.rejects.find((entry) => entry.id === id);
  return refused ? reject(refused.code, refused.detail) : { ok: true, value: id };
}

/** Signs a step of a contract and publishes it, unless the fold refuses it; yields its id. */
export async function publishTried(
  desk: Desk,
  root: string,
  signer: Signer,
  template: EventTemplate,
): Promise<Result<string>> {
  const view = desk.catalog.contract(root);
  if (!view) return reject('CONTRACT_UNKNOWN', root);
  const event = await signer.sign(template);
  const read = readEvent(event);
  if (!read.ok) return read;
  const parsed = read.value.at(-1);
  const tried = parsed ? tryOnCopy(desk, root, parsed, read.value) : reject('EVENT_SHAPE');
  if (!tried.ok) return tried;
  const parcel = desk.outbox.entry(event, desk.directory.deliveryUrls(view.fold.state));
  await desk.store.write([eventRow(event, root), parcel]);
  await desk.catalog.add([event], 'this device');
  await desk.outbox.push(parcel);
  return tried;
}
