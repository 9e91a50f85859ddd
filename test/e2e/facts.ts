/** What the relays hold about a contract, read without the client: raw events, and their fold. */
import {
  computeStateHash,
  foldContract,
  readEvent,
  type Fold,
  type ParsedEvent,
  type SignedEvent,
} from '@realyield/protocol';
import WebSocket from 'ws';
import type { WorldProcess } from './world-process.ts';

/** All stored events about a contract on one relay, raw. */
async function fetchEvents(relay: string, root: string): Promise<unknown[]> {
  const socket = new WebSocket(relay);
  const events: unknown[] = [];
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => {
      reject(new Error(`${relay} hung up before it had sent everything`));
    });
    socket.on('open', () => {
      socket.send(JSON.stringify(['REQ', 'all', { '#e': [root] }, { ids: [root] }]));
    });
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as unknown[];
      if (message[0] === 'EVENT') events.push(message[2]);
      if (message[0] === 'EOSE') resolve();
    });
  });
  socket.close();
  return events;
}

/** A contract as the world's relays together have it. */
export interface ContractFacts {
  readonly events: readonly ParsedEvent[];
  readonly fold: Fold;
  readonly stateHash: string;
}

/** Reads a contract from all relays; throws when they do not hold it. */
export async function contractFacts(world: WorldProcess, root: string): Promise<ContractFacts> {
  const events: ParsedEvent[] = [];
  for (const relay of world.relays) {
    for (const raw of await fetchEvents(relay, root)) {
      const read = readEvent(raw);
      if (read.ok) events.push(...read.value);
    }
  }
  const fold = foldContract(root, events);
  if (!fold.ok) throw new Error(fold.code);
  return { events, fold: fold.value, stateHash: computeStateHash(fold.value.state) };
}

/** An event with lists that can be changed. */
export function copyOf(event: SignedEvent) {
  return { ...event, tags: event.tags.map((tag) => [...tag]) };
}
