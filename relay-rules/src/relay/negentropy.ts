/**
 * The answering side of range-based set reconciliation. Spec: NIP-77, Negentropy protocol v1.
 * nostr-tools brings the asking side only; its sorted storage and fingerprints are used here.
 */
import { nip77 } from 'nostr-tools';

/** The sorted (time, id) pairs a session compares; immutable once built. */
export interface NegentropySet {
  /** The answer to one message, both as hex; throws when the message is malformed. */
  answer(messageHex: string): string;
}

const PROTOCOL_VERSION = 0x61;
const ID_BYTES = 32;
const FINGERPRINT_BYTES = 16;
const MODE_SKIP = 0;
const MODE_FINGERPRINT = 1;
const MODE_ID_LIST = 2;
/** Ranges a differing range is split into; below twice as many items the ids are listed. */
const BUCKETS = 16;
/** Room a frame keeps for one more split and the fingerprint of whatever did not fit. */
const FRAME_RESERVE_BYTES = 1_200;
const INFINITY_SEC = Number.MAX_VALUE;

interface Bound {
  readonly timestamp: number;
  readonly id: Uint8Array;
}

const LAST_BOUND: Bound = { timestamp: INFINITY_SEC, id: new Uint8Array(0) };

/** Reads a message front to back. */
class MessageReader {
  readonly #bytes: Uint8Array;
  #offset = 0;
  #lastTimestamp = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  bytes(length: number): Uint8Array {
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw new Error('message ends early');
    // A copy: the storage's arithmetic reads whole buffers.
    const part = this.#bytes.slice(this.#offset, end);
    this.#offset = end;
    return part;
  }

  varInt(): number {
    let value = 0;
    for (;;) {
      const byte = this.bytes(1)[0] ?? 0;
      value = value * 128 + (byte & 127);
      if (value > Number.MAX_SAFE_INTEGER) throw new Error('number too large');
      if ((byte & 128) === 0) return value;
    }
  }

  /** Times are differences to the previous one, plus one; 0 is infinity. */
  bound(): Bound {
    const encoded = this.varInt();
    if (encoded === 0 || this.#lastTimestamp === INFINITY_SEC) this.#lastTimestamp = INFINITY_SEC;
    else this.#lastTimestamp += encoded - 1;
    const idLength = this.varInt();
    if (idLength > ID_BYTES) throw new Error('bound too long');
    return { timestamp: this.#lastTimestamp, id: this.bytes(idLength) };
  }
}

/** Writes a message; the last time written is kept apart from what is only drafted. */
class MessageWriter {
  readonly #parts: Uint8Array[] = [];
  #lastTimestamp = 0;
  length = 0;

  bytes(part: Uint8Array): void {
    this.#parts.push(part);
    this.length += part.length;
  }

  varInt(value: number): void {
    const digits = [value % 128];
    for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
      digits.unshift((rest % 128) | 128);
    }
    this.bytes(Uint8Array.from(digits));
  }

  bound(bound: Bound): void {
    if (bound.timestamp === INFINITY_SEC) {
      this.varInt(0);
    } else {
      this.varInt(bound.timestamp - this.#lastTimestamp + 1);
    }
    this.#lastTimestamp = bound.timestamp;
    this.varInt(bound.id.length);
    this.bytes(bound.id);
  }

  toHex(): string {
    return Buffer.concat(this.#parts).toString('hex');
  }
}

type Item = ReturnType<nip77.NegentropyStorageVector['getItem']>;

/** The shortest bound that separates two neighbours. */
function boundBetween(previous: Item, current: Item): Bound {
  if (current.timestamp !== previous.timestamp) {
    return { timestamp: current.timestamp, id: new Uint8Array(0) };
  }
  let shared = 0;
  while (shared < ID_BYTES && current.id[shared] === previous.id[shared]) shared += 1;
  return { timestamp: current.timestamp, id: current.id.slice(0, shared + 1) };
}

function areEqual(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

/** One pass over one message. */
class Answer {
  readonly #storage: nip77.NegentropyStorageVector;
  readonly #frameBytes: number;
  readonly #output = new MessageWriter();
  #pendingSkip: Bound | null = null;

  constructor(storage: nip77.NegentropyStorageVector, frameBytes: number) {
    this.#storage = storage;
    this.#frameBytes = frameBytes;
    this.#output.bytes(Uint8Array.of(PROTOCOL_VERSION));
  }

  build(reader: MessageReader): string {
    const version = reader.bytes(1)[0];
    if (version === undefined || version >> 4 !== PROTOCOL_VERSION >> 4) {
      throw new Error('not a negentropy message');
    }
    // A newer client is told our version and tries again with it.
    if (version !== PROTOCOL_VERSION) return this.#output.toHex();
    const size = this.#storage.size();
    let lower = 0;
    while (!reader.isAtEnd) {
      const bound = reader.bound();
      const upper = this.#storage.findLowerBound(lower, size, bound);
      const reached = this.#answerRange(reader, lower, upper, bound);
      if (reached < upper || this.#isFrameFull(0)) {
        this.#closeWithFingerprint(reached, size);
        break;
      }
      lower = upper;
    }
    return this.#output.toHex();
  }

  /** Answers one range and returns up to which item; less than upper when the frame is full. */
  #answerRange(reader: MessageReader, lower: number, upper: number, bound: Bound): number {
    const mode = reader.varInt();
    if (mode === MODE_FINGERPRINT) {
      const theirs = reader.bytes(FINGERPRINT_BYTES);
      if (!areEqual(theirs, this.#storage.fingerprint(lower, upper))) {
        this.#writeSkip();
        return this.#split(lower, upper, bound);
      }
    } else if (mode === MODE_ID_LIST) {
      reader.bytes(reader.varInt() * ID_BYTES);
      this.#writeSkip();
      return this.#listIds(lower, upper, bound);
    } else if (mode !== MODE_SKIP) {
      throw new Error('unknown mode');
    }
    this.#pendingSkip = bound;
    return upper;
  }

  #isFrameFull(moreBytes: number): boolean {
    return this.#output.length + moreBytes > this.#frameBytes - FRAME_RESERVE_BYTES;
  }

  #writeSkip(): void {
    if (this.#pendingSkip === null) return;
    this.#output.bound(this.#pendingSkip);
    this.#output.varInt(MODE_SKIP);
    this.#pendingSkip = null;
  }

  #listIds(lower: number, upper: number, bound: Bound): number {
    const ids: Uint8Array[] = [];
    let reached = lower;
    while (reached < upper && !this.#isFrameFull((ids.length + 1) * ID_BYTES)) {
      ids.push(this.#storage.getItem(reached).id);
      reached += 1;
    }
    this.#output.bound(reached < upper ? this.#storage.getItem(reached) : bound);
    this.#output.varInt(MODE_ID_LIST);
    this.#output.varInt(ids.length);
    for (const id of ids) this.#output.bytes(id);
    return reached;
  }

  #split(lower: number, upper: number, bound: Bound): number {
    const count = upper - lower;
    if (count < BUCKETS * 2) return this.#listIds(lower, upper, bound);
    let start = lower;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      const end = start + Math.floor(count / BUCKETS) + (bucket < count % BUCKETS ? 1 : 0);
      const isLast = end === upper;
      this.#output.bound(
        isLast ? bound : boundBetween(this.#storage.getItem(end - 1), this.#storage.getItem(end)),
      );
      this.#output.varInt(MODE_FINGERPRINT);
      this.#output.bytes(this.#storage.fingerprint(start, end));
      start = end;
    }
    return upper;
  }

  #closeWithFingerprint(lower: number, size: number): void {
    this.#output.bound(LAST_BOUND);
    this.#output.varInt(MODE_FINGERPRINT);
    this.#output.bytes(this.#storage.fingerprint(lower, size));
  }
}

/** Builds the set for one session; `frameBytes` bounds each answer, in bytes before hex. */
export function buildNegentropySet(
  events: readonly { readonly id: string; readonly created_at: number }[],
  frameBytes: number,
): NegentropySet {
  const storage = new nip77.NegentropyStorageVector();
  for (const event of events) storage.insert(event.created_at, event.id);
  storage.seal();
  return {
    answer(messageHex) {
      if (!/^([0-9a-f]{2})+$/i.test(messageHex)) throw new Error('message is not hex');
      const reader = new MessageReader(Uint8Array.from(Buffer.from(messageHex, 'hex')));
      return new Answer(storage, frameBytes).build(reader);
    },
  };
}
