/**
 * The ports through which the engine reaches the world: relays, signer, wallet, store, clock.
 * Adapters live in web/lib/{nostr,signer,wallet,store}; all are plain TypeScript, so the same
 * engine runs in a browser and in Node. Nothing here throws for what a stranger, a relay or a
 * wallet does: such outcomes are values.
 */
import type { ParsedEvent, Result, SignedEvent, VerifiedEvent } from '@realyield/protocol';
import type { HoldWallet } from './forwarding/ports.ts';

/** An event before it is signed. */
export interface EventTemplate {
  readonly kind: number;
  readonly created_at: number;
  readonly tags: readonly (readonly string[])[];
  readonly content: string;
}

/** Time and timers; injected so that tests and the local world can move it. */
export interface Clock {
  /** Unix time in seconds, rounded down. */
  nowSec(): number;
  /** Unix time in milliseconds. */
  nowMs(): number;
  /** Calls back once after a delay in milliseconds; the returned function cancels. */
  after(delayMs: number, callback: () => void): () => void;
}

/** Where a signing key lives. */
export type SignerKind = 'nip07' | 'bunker' | 'local';

/** Signs and encrypts for one public key (NIP-07, NIP-46, or a key held in memory). */
export interface Signer {
  readonly kind: SignerKind;
  /** 32-byte hex, x-only. */
  readonly publicKey: string;
  /** Signs; rejects with SignerError when the person or the signer declines or is gone. */
  sign(template: EventTemplate): Promise<SignedEvent>;
  /** NIP-44 v2 encryption to a peer (or to oneself). */
  encrypt(peerPublicKey: string, plaintext: string): Promise<string>;
  /** NIP-44 v2 decryption. */
  decrypt(peerPublicKey: string, ciphertext: string): Promise<string>;
  /** Lets go of connections and forgets keys. */
  close(): void;
}

/** Why a signer did not sign; `sentence` is fit to show. */
export class SignerError extends Error {
  readonly code: 'DECLINED' | 'UNREACHABLE' | 'UNSUPPORTED' | 'LOCKED';
  constructor(code: 'DECLINED' | 'UNREACHABLE' | 'UNSUPPORTED' | 'LOCKED', sentence: string) {
    super(sentence);
    this.name = 'SignerError';
    this.code = code;
  }
}

/** What one relay said to one publication. */
export interface PublishOutcome {
  readonly url: string;
  readonly accepted: boolean;
  /** The relay's words, or why it could not be asked. */
  readonly reason: string;
}

/** How one relay is doing. */
export interface RelayState {
  readonly url: string;
  readonly state: 'connecting' | 'open' | 'closed' | 'refused';
  readonly sinceMs: number;
}

/** A NIP-01 filter. */
export interface Filter {
  readonly ids?: readonly string[];
  readonly kinds?: readonly number[];
  readonly authors?: readonly string[];
  readonly since?: number;
  readonly until?: number;
  readonly limit?: number;
  readonly [tag: `#${string}`]: readonly string[] | undefined;
}

/** The stored answers to one query, with how far each relay got. */
export interface QueryAnswer {
  /** Raw and unverified, de-duplicated only when byte-equal. */
  readonly events: readonly unknown[];
  /** Relays that said they had sent everything. */
  readonly complete: readonly string[];
  /** Relays that did not answer, with the reason. */
  readonly incomplete: readonly { readonly url: string; readonly reason: string }[];
}

/** A relay and what it is used for (NIP-65); every relay in use is asked for everything. */
export interface RelayUse {
  readonly url: string;
  /** Others send here what is for us. */
  readonly read: boolean;
  /** We publish here. */
  readonly write: boolean;
}

/** Options of a live subscription. */
export interface SubscribeOptions {
  /** Without it, the relays in use, also when they change. */
  readonly urls?: readonly string[];
  /** The first relay has sent what it had stored, or none answers in time. */
  readonly onEndOfStored?: () => void;
  /** Of each relay: it is being asked, again after a reconnection; it has sent all it had. */
  readonly onRelay?: (url: string, phase: 'asked' | 'listed') => void;
}

/** A set of relays; every event that comes out is raw and must be verified by the caller. */
export interface Relays {
  /** The relays in use: asked when no list is given. */
  readonly urls: readonly string[];
  /** Where our own events go when no list is given. */
  readonly writeUrls: readonly string[];
  /** Where others reach us. */
  readonly readUrls: readonly string[];
  /** The relays in use with their marks. */
  readonly uses: readonly RelayUse[];
  /** Changes which relays are in use; what was subscribed without a list follows. */
  use(relays: readonly RelayUse[]): void;
  /** Contacts these no more, whoever names them; relays in use are not affected. */
  block(urls: readonly string[]): void;
  /** Relays that were named by others and are or were contacted. */
  others(): readonly RelayState[];
  /** Whose keys may be proven to relays that ask (NIP-42); the returned function ends it. */
  identify(signerOf: (publicKey: string) => Signer | undefined): () => void;
  publish(event: SignedEvent, urls?: readonly string[]): Promise<readonly PublishOutcome[]>;
  query(
    filters: readonly Filter[],
    options?: { readonly urls?: readonly string[]; readonly timeoutMs?: number },
  ): Promise<QueryAnswer>;
  /**
   * Which of these events of ours one relay lacks, by comparing what matches the filter (NIP-77);
   * undefined where the relay does not say.
   */
  lacking(
    url: string,
    filter: Filter,
    events: readonly { readonly id: string; readonly created_at: number }[],
  ): Promise<readonly string[] | undefined>;
  /** Live subscription that survives reconnections; the returned function ends it. */
  subscribe(
    filters: readonly Filter[],
    onEvent: (event: unknown, url: string) => void,
    options?: SubscribeOptions,
  ): () => void;
  /** State of each relay in use, and notice of changes; the returned function unsubscribes. */
  states(): readonly RelayState[];
  onState(listener: (states: readonly RelayState[]) => void): () => void;
  close(): void;
}

/** Verifies raw events in bulk (workers in a browser, wasm in Node). */
export interface Verifier {
  verifyBatch(events: readonly unknown[]): Promise<readonly Result<VerifiedEvent>[]>;
  /** Like the protocol's readEvent: an event with those embedded in it, typed, itself last. */
  readBatch(events: readonly unknown[]): Promise<readonly Result<readonly ParsedEvent[]>[]>;
}

/** What a wallet can do and holds. */
export interface WalletInfo {
  readonly alias: string;
  readonly methods: readonly string[];
  readonly notifications: readonly string[];
  readonly network: string | undefined;
  readonly nodeId: string | undefined;
}

/** A definite answer, or the reason there is none; `sentence` is fit to show. */
export type WalletAnswer<T> =
  | { readonly state: 'answered'; readonly value: T }
  /** The wallet said no: nothing happened. */
  | { readonly state: 'refused'; readonly code: string; readonly sentence: string }
  /** No answer, or one that makes no sense: anything may have happened. */
  | { readonly state: 'unknown'; readonly sentence: string };

/** A payment as the wallet reports it. */
export interface PaymentRecord {
  readonly state: 'settled' | 'pending' | 'failed' | 'expired' | 'accepted';
  readonly direction: 'incoming' | 'outgoing';
  readonly paymentHash: string;
  readonly preimage: string | undefined;
  readonly amountMsat: bigint;
  readonly feesPaidMsat: bigint;
  readonly settledAtSec: number | undefined;
}

/** An invoice the wallet made; the engine still decodes and checks it. */
export interface MadeInvoice {
  readonly invoice: string;
  readonly paymentHash: string;
}

/** A wallet over Nostr Wallet Connect (NIP-47). */
export interface Wallet {
  /** The same for connections to the same wallet, as far as that can be told. */
  readonly id?: string | undefined;
  /** Hold invoices, by which a bank passes payments on. */
  readonly hold?: HoldWallet | undefined;
  info(): Promise<WalletAnswer<WalletInfo>>;
  /** Spendable balance in msat. */
  balance(): Promise<WalletAnswer<bigint>>;
  makeInvoice(order: {
    readonly amountMsat: bigint;
    readonly description: string;
    readonly expirySec: number;
  }): Promise<WalletAnswer<MadeInvoice>>;
  /**
   * Pays once. A refusal is definite only where the wallet said so by an error code that means
   * nothing left; a timeout is `unknown`, never failure.
   */
  pay(invoice: string): Promise<WalletAnswer<{ preimage: string; feesPaidMsat: bigint }>>;
  /** What became of a payment; `undefined` value: the wallet knows of none. */
  lookup(query: {
    readonly paymentHash: string;
    readonly invoice?: string;
  }): Promise<WalletAnswer<PaymentRecord | undefined>>;
  /** Spending limit of the connection in msat, where the wallet tells. */
  budget(): Promise<WalletAnswer<{ totalMsat: bigint; usedMsat: bigint } | undefined>>;
  /** Notices of incoming and outgoing payments, where the wallet sends them. */
  onPayment(listener: (record: PaymentRecord) => void): () => void;
  close(): void;
}

/** Tables of the local store. Keys are strings; values are structured-clonable. */
export type TableName =
  /** Verified events by id; index `contract`. */
  | 'events'
  /** Journal entries by key; index `contract`. */
  | 'journal'
  /** Secret material, encrypted to the signer, by public key. */
  | 'keys'
  /** What this person decided or named: wallet connection, pauses, settings. */
  | 'settings'
  /** Which private messages were read, by the id of their wrap. */
  | 'messages'
  /** Encrypted documents by the hash of what is encrypted, and pieces of them on their way. */
  | 'files'
  /** What sources of the chain answered about outputs, by network and output. */
  | 'chain';

/** One change of the store. */
export type StoreWrite =
  | {
      readonly table: TableName;
      readonly key: string;
      readonly value: unknown;
      /** Contract id for the tables that index it. */
      readonly contract?: string;
    }
  | { readonly table: TableName; readonly key: string; readonly remove: true };

/** A durable store; a write is on disk when its promise resolves, whole or not at all. */
export interface Store {
  get(table: TableName, key: string): Promise<unknown>;
  all(table: TableName): Promise<readonly { readonly key: string; readonly value: unknown }[]>;
  byContract(table: TableName, contract: string): Promise<readonly unknown[]>;
  write(changes: readonly StoreWrite[]): Promise<void>;
  close(): Promise<void>;
}
