/**
 * Private letters that tell the others what one signed or declined: written down with it, so that a
 * window that closes before they are sent leaves them to the next. Spec: specs/conversation.md,
 * "Messages".
 */
import type { Message, SignedEvent } from '@realyield/protocol';
import { eventRow, signerOf, type Desk } from '../desk.ts';

/** A message yet to be sent, by the keys of who sends and who reads it. */
export interface Letter {
  readonly message: Message;
  readonly from: string;
  readonly to: string;
  readonly urls: readonly string[];
}

/** What of a desk letters need. */
type LetterPorts = 'person' | 'keyring' | 'mailbox' | 'store' | 'catalog';

const UNSENT = 'letters|';

/** Sends letters one after the other. */
async function sendLetters(
  desk: Pick<Desk, LetterPorts>,
  letters: readonly Letter[],
): Promise<void> {
  for (const { message, from, to, urls } of letters) {
    const signer = signerOf(desk, from);
    if (!signer) throw new Error('the key of a letter is not on this device');
    await desk.mailbox.send(message, signer, to, urls);
  }
}

async function sendKept(
  desk: Pick<Desk, LetterPorts>,
  key: string,
  letters: readonly Letter[],
): Promise<void> {
  await sendLetters(desk, letters);
  await desk.store.write([{ table: 'settings', key, remove: true }]);
}

/** Keeps what was signed in a contract together with the letters that tell of it; sends them. */
export async function keepAndTell(
  desk: Pick<Desk, LetterPorts>,
  root: string,
  events: readonly SignedEvent[],
  letters: readonly Letter[],
): Promise<void> {
  const key = `${UNSENT}${events.at(-1)?.id ?? root}`;
  const kept = { table: 'settings' as const, key, value: letters };
  await desk.store.write([...events.map((event) => eventRow(event, root)), kept]);
  await desk.catalog.add(events, 'this device');
  await sendKept(desk, key, letters);
}

/** Keeps a row of one's own settings together with the letters that tell of it; sends them. */
export async function noteAndTell(
  desk: Pick<Desk, LetterPorts>,
  row: { readonly key: string; readonly value: unknown },
  letters: readonly Letter[],
): Promise<void> {
  const key = `${UNSENT}${row.key}`;
  await desk.store.write([
    { table: 'settings', ...row },
    { table: 'settings', key, value: letters },
  ]);
  await sendKept(desk, key, letters);
}

/** Sends the letters that an earlier window left; who gets one twice takes it once. */
export async function sendLeftLetters(desk: Pick<Desk, LetterPorts>): Promise<void> {
  const rows = await desk.store.all('settings').catch(() => []);
  for (const { key, value } of rows) {
    if (!key.startsWith(UNSENT)) continue;
    await sendKept(desk, key, value as readonly Letter[]).catch((error: unknown) => {
      console.error(error);
    });
  }
}
