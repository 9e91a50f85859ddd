/**
 * The conformance suite: what the protocol's clients rely on, asked of any relay by its address.
 * Spec: specs/relays.md, "Serving".
 */
import type { SignedEvent } from '@realyield/protocol';
import { Client, createSigner, type Signer } from './client.ts';

/** What a relay says about itself (NIP-11), as far as the suite reads it. */
export interface Information {
  readonly supportedNips: readonly number[];
  readonly limitation: Readonly<Record<string, unknown>>;
}

/** One relay under examination. */
export interface Bench {
  readonly url: string;
  /** Null when it says nothing. */
  readonly information: Information | null;
  /** A new connection, closed at the end of the check. */
  connect(): Promise<Client>;
  /** A new key whose events are deleted at the end of the suite. */
  signer(): Signer;
  /** Kills the relay without warning and starts it again; absent for relays of others. */
  readonly restart?: () => Promise<void>;
}

/** One requirement. */
export interface Check {
  readonly name: string;
  /** What holds when it passes. */
  readonly title: string;
  /** The NIP it rests on; a relay that does not list it does not offer it. */
  readonly nip?: number;
  /** Resolves when the requirement holds; throws `NotOffered`, or anything else, when not. */
  readonly run: (bench: Bench) => Promise<void>;
}

/** What became of one requirement. */
export interface Outcome {
  readonly check: Check;
  readonly status: 'passed' | 'failed' | 'not offered';
  /** Why, unless it passed. */
  readonly why: string;
}

/** The relay does not claim to do this. */
export class NotOffered extends Error {}

/** Throws when something does not hold. */
export function require(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise);
}

/** Ids in one order, for comparing answers. */
export function idsOf(events: readonly SignedEvent[]): string {
  return events
    .map(({ id }) => id)
    .sort()
    .join();
}

/** The stored events a filter shows; the subscription is closed again. */
export async function ask(client: Client, ...filters: readonly object[]): Promise<SignedEvent[]> {
  const id = `ask${Math.random()}`;
  const found = await client.request(id, ...filters);
  client.send(['CLOSE', id]);
  return found;
}

/** Publishes what must be accepted; authenticates where the relay asks for it. */
export async function publish(
  bench: Bench,
  client: Client,
  signer: Signer,
  event: SignedEvent,
): Promise<void> {
  let [accepted, reason] = await client.publish(event);
  if (!accepted && reason.startsWith('auth-required')) {
    await client.authenticate(signer, bench.url);
    [accepted, reason] = await client.publish(event);
  }
  require(accepted, `kind ${event.kind} was refused: ${reason}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Asks a relay for its NIP-11 document; null when it has none. */
export async function readInformation(url: string): Promise<Information | null> {
  try {
    const response = await fetch(url.replace(/^ws/, 'http'), {
      headers: { accept: 'application/nostr+json' },
      signal: AbortSignal.timeout(10_000),
    });
    const document: unknown = await response.json();
    if (!isRecord(document)) return null;
    const { supported_nips: nips, limitation } = document;
    return {
      supportedNips: Array.isArray(nips) ? nips.map(Number) : [],
      limitation: isRecord(limitation) ? limitation : {},
    };
  } catch {
    return null;
  }
}

async function runCheck(check: Check, bench: Bench): Promise<Outcome> {
  const { nip } = check;
  if (nip !== undefined && bench.information?.supportedNips.includes(nip) !== true) {
    return { check, status: 'not offered', why: `the relay does not list NIP-${nip}` };
  }
  try {
    await check.run(bench);
    return { check, status: 'passed', why: '' };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { check, status: error instanceof NotOffered ? 'not offered' : 'failed', why };
  }
}

/** Asks the relay to delete what the suite left there; whether it does is not looked at. */
async function cleanUp(url: string, left: ReadonlyMap<Signer, readonly SignedEvent[]>) {
  const client = await Client.connect(url);
  for (const [signer, events] of left) {
    const tags = events.map(({ id }) => ['e', id]);
    if (tags.length > 0) await client.publish(signer.sign({ kind: 5, tags }));
  }
  client.socket.terminate();
}

/** Runs checks one after another and yields what became of each. */
export async function* runSuite(
  url: string,
  checks: readonly Check[],
  restart?: () => Promise<void>,
): AsyncGenerator<Outcome> {
  const left = new Map<Signer, SignedEvent[]>();
  const information = await readInformation(url);
  for (const check of checks) {
    const clients: Client[] = [];
    yield await runCheck(check, {
      url,
      information,
      ...(restart ? { restart } : {}),
      async connect() {
        const client = await Client.connect(url);
        clients.push(client);
        return client;
      },
      signer() {
        const signer = createSigner();
        const signed: SignedEvent[] = [];
        const keeping: Signer = {
          publicKeyHex: signer.publicKeyHex,
          sign(fields) {
            const event = signer.sign(fields);
            signed.push(event);
            return event;
          },
        };
        left.set(signer, signed);
        return keeping;
      },
    });
    for (const client of clients) client.socket.terminate();
  }
  await cleanUp(url, left).catch(() => undefined);
}
