/** Opening a conversation with a relay: the connection below, the protocol above. */
import { RelayTalk } from './relay-talk.ts';
import type { OpenWire, WireOptions } from './wire.ts';

/** An open connection and what is said over it. */
export interface Conversation {
  readonly talk: RelayTalk;
  readonly isOpen: () => boolean;
  readonly hangUp: () => void;
}

/** Connects; undefined when the relay cannot be reached now. Tells once when it is lost. */
export async function converse(
  openWire: OpenWire,
  options: Pick<WireOptions, 'url' | 'connectMs' | 'webSocket'>,
  onLost: () => void,
): Promise<Conversation | undefined> {
  const early: (readonly unknown[])[] = [];
  const now: { talk?: RelayTalk; isLost: boolean } = { isLost: false };
  const lose = (): void => {
    if (!now.isLost) onLost();
    now.isLost = true;
  };
  const wire = await openWire({
    ...options,
    onMessage: (message) => {
      if (now.talk) now.talk.hear(message);
      else early.push(message);
    },
    onClose: lose,
  });
  if (!wire || now.isLost) return undefined;
  const talk = new RelayTalk(options.url, wire, () => {
    wire.close();
    lose();
  });
  now.talk = talk;
  for (const message of early) talk.hear(message);
  const hangUp = (): void => {
    now.isLost = true;
    wire.close();
    talk.end();
  };
  return { talk, isOpen: () => !now.isLost, hangUp };
}
