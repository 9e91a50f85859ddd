/**
 * Reading embedded events once. What an id commits to never changes, so the verdict on an
 * embedded event is kept under the id computed from its fields, here or by the relay that asks,
 * never under one it only claims.
 */
import {
  believeShaped,
  Kind,
  readVerified,
  sameTags,
  unembed,
  verifyShaped,
  verifyWith,
  type EmbeddedEvent,
  type EventReader,
  type HashFunction,
  type Json,
  type ParsedEvent,
  type Result,
  type ShapedEvent,
  type SignatureVerifier,
  type VerifiedEvent,
} from '@realyield/protocol';

/** Reads events of the protocol and remembers what was embedded. */
export interface Reader {
  /** Checks size and, unless a relay has done so, id and signature of what has an event's shape. */
  verify(event: ShapedEvent, isSignatureChecked: boolean): Result<VerifiedEvent>;
  /**
   * Types an event whose id was computed and whose signature is known to be right. Ids of what it
   * embeds are computed in any case, signatures checked where that is asked for.
   */
  read(event: VerifiedEvent, checksEmbedded: boolean): Result<readonly ParsedEvent[]>;
}

/** A map that forgets its oldest entries once they weigh too much together. */
class Memory<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly weight: number }>();
  readonly #mostWeight: number;
  #weight = 0;

  constructor(mostWeight: number) {
    this.#mostWeight = mostWeight;
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key)?.value;
  }

  set(key: string, value: Value, weight: number): void {
    if (this.#entries.has(key)) return;
    this.#entries.set(key, { value, weight });
    this.#weight += weight;
    for (const [oldest, entry] of this.#entries) {
      if (this.#weight <= this.#mostWeight) break;
      this.#entries.delete(oldest);
      this.#weight -= entry.weight;
    }
  }
}

/** What comes again inside others: contracts in signatures, offers in contracts. */
const EMBEDDABLE: ReadonlySet<number> = new Set([
  Kind.contract,
  Kind.signature,
  Kind.offer,
  Kind.attestation,
]);

/** Signatures remembered. */
const MOST_SIGNATURES = 20_000;

/** UTF-16 units of content whose reading is remembered: some thousand offers and contracts. */
const MOST_CONTENT = 8_000_000;

const believe: SignatureVerifier = () => true;

/** An event and what came of reading it. */
interface Reading {
  readonly event: VerifiedEvent;
  readonly result: Result<readonly ParsedEvent[]>;
}

/** Whether two values of canonical JSON, keys in order, are written alike. */
function isSameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [names, others] = [Object.keys(one), Object.keys(other)];
  return (
    names.length === others.length &&
    names.every((name, at) => {
      const [value, another] = [one, other] as [Record<string, unknown>, Record<string, unknown>];
      return name === others[at] && isSameJson(value[name], another[name]);
    })
  );
}

/** Whether an embedded event is, in every field, one that was read already. */
function isSame({ event, result }: Reading, embedded: EmbeddedEvent): boolean {
  const document = result.ok ? result.value.at(-1)?.document : undefined;
  return (
    document !== undefined &&
    event.sig === embedded.sig &&
    event.pubkey === embedded.pubkey &&
    event.kind === embedded.kind &&
    event.created_at === embedded.created_at &&
    sameTags(event.tags, embedded.tags) &&
    isSameJson(document, embedded.content)
  );
}

/** Reads events whose own signature is right; what they embed is checked by this verifier. */
function createTyping(
  verifier: SignatureVerifier,
  hash: HashFunction | undefined,
): (event: VerifiedEvent) => Result<readonly ParsedEvent[]> {
  const memory = new Memory<Reading>(MOST_CONTENT);
  const remember = (event: VerifiedEvent, result: Reading['result']): Reading['result'] => {
    if (EMBEDDABLE.has(event.kind)) memory.set(event.id, { event, result }, event.content.length);
    return result;
  };
  const readEmbedded: EventReader = (embedded) => {
    // What is the same in every field has the same id and signature, which were checked.
    const same = memory.get(embedded.id);
    if (same && isSame(same, embedded)) return same.result;
    const verified = verifyWith(unembed(embedded), verifier, hash);
    if (!verified.ok) return verified;
    const known = memory.get(verified.value.id);
    if (known) return known.result;
    const content = embedded.content as Json;
    return remember(verified.value, readVerified(verified.value, readEmbedded, content));
  };
  return (event) => remember(event, readVerified(event, readEmbedded));
}

/** A reader that checks signatures with this verifier and computes ids with this hash. */
export function createReader(verifier: SignatureVerifier, hash?: HashFunction): Reader {
  const signed = new Memory<true>(MOST_SIGNATURES);

  // Called with the id that was computed: the three texts say all there is to check.
  const remembering: SignatureVerifier = (signatureHex, idHex, publicKeyHex, event) => {
    const claim = signatureHex + idHex + publicKeyHex;
    if (signed.get(claim)) return true;
    const isRight = verifier(signatureHex, idHex, publicKeyHex, event);
    if (isRight) signed.set(claim, true, 1);
    return isRight;
  };
  const readChecking = createTyping(remembering, hash);
  const readBelieving = createTyping(believe, hash);

  return {
    verify: (event, isSignatureChecked) =>
      isSignatureChecked ? believeShaped(event) : verifyShaped(event, verifier, hash),
    read(event, checksEmbedded) {
      if (!checksEmbedded) return readBelieving(event);
      const { sig, id, pubkey } = event;
      if (EMBEDDABLE.has(event.kind)) signed.set(sig + id + pubkey, true, 1);
      return readChecking(event);
    },
  };
}
