/**
 * Every request a payer was handed, until its parts are proven. With the wallet it stands in for
 * a journal that was lost: what was paid under one of them is found again, and proven.
 */
import {
  LEGS,
  actsFor,
  hasEnded,
  isSerial,
  PARTY_ROLES,
  requestMismatch,
  unembed,
  unitsOf,
  type ContractState,
  type Leg,
  type MessageOf,
  type ParsedRequest,
  type SignedEvent,
} from '@realyield/protocol';
import type { Desk, OwnContract } from './desk.ts';
import { renewedEntry, type JournalEntry } from './journal.ts';
import {
  isOfThisRun,
  NEVER_ARRIVED_MS,
  payEntry,
  recoverEntry,
  type PaymentContext,
  type RecoveredEntry,
} from './payment.ts';
import type { Store, Verifier, Wallet } from './ports.ts';
import { liveEntries } from './ticks-due.ts';
import { partsByHash } from './used-hashes.ts';
import { statusOf, type PayerStatus } from './words.ts';

const PREFIX = 'handed|';
/**
 * So many are kept of a contract from who may write, and as many from others: of a contract that is
 * not known yet, or a key that is not, nobody can tell.
 */
const MOST_OF_A_CONTRACT = 500;

interface HandedRequest {
  readonly contract: string;
  readonly event: SignedEvent;
  readonly invoices: readonly string[];
  /** Who sent it; not in rows of former versions. */
  readonly author?: string;
}

/** A request that was handed over, with its invoices. */
export interface KeptRequest {
  readonly request: ParsedRequest;
  readonly invoices: readonly string[];
}

/** Whether an author of this kind, party or not, has sent as many as are kept. */
function isFull(
  known: ReadonlyMap<string, HandedRequest>,
  author: string,
  state: ContractState | undefined,
): boolean {
  if (known.size < MOST_OF_A_CONTRACT) return false;
  // T-37: "What others send under a contract MUST NOT keep a payer from keeping what those who may
  // ask under it hand out…"
  const isParty = (key: string): boolean =>
    state !== undefined && PARTY_ROLES.some((role) => actsFor(state, key, role));
  const isOne = isParty(author);
  const senders = [...known.values()].map(({ author: by, event }) => by ?? event.pubkey);
  return senders.filter((key) => isParty(key) === isOne).length >= MOST_OF_A_CONTRACT;
}

/** Requests handed to one person. */
export class Handed {
  readonly #store: Store;
  readonly #verifier: Verifier;
  readonly #requests = new Map<string, Map<string, HandedRequest>>();
  readonly #parsed = new Map<string, ParsedRequest | undefined>();

  constructor(store: Store, verifier: Verifier) {
    this.#store = store;
    this.#verifier = verifier;
  }

  /** Reads what was kept; must resolve before anything is paid. */
  async load(): Promise<void> {
    for (const { key, value } of await this.#store.all('journal')) {
      if (key.startsWith(PREFIX)) this.#put(value as HandedRequest);
    }
  }

  /** Keeps a delivery; on disk when this resolves. `state`: its contract's, where that is known. */
  async keep(
    message: MessageOf<'requestDelivery'>,
    author: string,
    state?: ContractState,
  ): Promise<void> {
    const { contract, request, forward, invoices } = message;
    const known = this.#requests.get(contract);
    if (known && (known.has(request.id) || isFull(known, author, state))) return;
    const [verified] = await this.#verifier.verifyBatch([unembed(request)]);
    // A request comes from its author, or from the bank with its own word about it.
    if (!verified?.ok || (forward?.pubkey ?? verified.value.pubkey) !== author) return;
    const { id, pubkey, created_at, kind, content, sig } = verified.value;
    const tags = verified.value.tags.map((tag) => [...tag]);
    const event = { id, pubkey, created_at, kind, tags, content, sig };
    const value: HandedRequest = { contract, event, invoices, author };
    const key = `${PREFIX}${contract}|${event.id}`;
    // What could not be written is not known: it is read again.
    await this.#store.write([{ table: 'journal', key, value, contract }]);
    this.#put(value);
  }

  /**
   * Requests for parts of a leg that hold by the contract, with their invoices. Whatever their
   * price, and whether or not their key has ended since: one may have been paid before.
   */
  async of(contract: OwnContract, leg: Leg): Promise<readonly KeptRequest[]> {
    const { state } = contract.view.fold;
    const found: KeptRequest[] = [];
    for (const { event, invoices } of this.#requests.get(contract.view.root)?.values() ?? []) {
      const request = await this.#parse(event);
      if (!request || request.document.leg !== leg) continue;
      if (!actsFor(state, event.pubkey, LEGS[leg].payee)) continue;
      const { document } = request;
      if (document.contract !== state.root) continue;
      if (requestMismatch(state.contract.document, document)) continue;
      found.push({ request, invoices });
    }
    return found;
  }

  /** Those of them by which something may still be paid. */
  async payable(contract: OwnContract, leg: Leg): Promise<readonly KeptRequest[]> {
    const { state } = contract.view.fold;
    // P-32: "…What was signed by a key that has ended is as good as not sent…"
    return (await this.of(contract, leg)).filter(
      ({ request }) => !hasEnded(state, request.event.pubkey, LEGS[leg].payee, Infinity),
    );
  }

  /** Forgets a request of which everything is proven. */
  async forget(root: string, id: string): Promise<void> {
    this.#requests.get(root)?.delete(id);
    this.#parsed.delete(id);
    await this.#store.write([{ table: 'journal', key: `${PREFIX}${root}|${id}`, remove: true }]);
  }

  #put(value: HandedRequest): void {
    const known = this.#requests.get(value.contract) ?? new Map<string, HandedRequest>();
    known.set(value.event.id, value);
    this.#requests.set(value.contract, known);
  }

  async #parse(event: SignedEvent): Promise<ParsedRequest | undefined> {
    if (!this.#parsed.has(event.id)) {
      const [read] = await this.#verifier.readBatch([event]);
      const parsed = read?.ok ? read.value.find((entry) => entry.name === 'request') : undefined;
      this.#parsed.set(event.id, parsed);
    }
    return this.#parsed.get(event.id);
  }
}

/** What ran out while it waited to be paid is wanted anew, and examined as what others have. */
async function renewExpired(desk: Desk, contract: OwnContract, leg: Leg): Promise<void> {
  const { journal, clock } = desk;
  for (const entry of liveEntries(desk, contract, leg)) {
    const isWaiting = entry.step === 'checked' || entry.step === 'failed';
    if (!isWaiting || (entry.expiresAtSec ?? 0) > clock.nowSec()) continue;
    await journal.replace(entry, renewedEntry(entry, clock.nowMs()));
  }
}

/** Looks for payments that this journal does not know of. */
export class Examiner {
  readonly #cleared = new Set<string>();
  /** Hashes that a wallet was told to pay, and since when nobody else can have paid then, ms. */
  readonly #told = new Map<string, number>();
  /** Hashes of which a wallet knew of no payment too soon for that to count, with their parts. */
  #early = new Map<string, { readonly n: number; readonly untilMs: number }>();
  #wallet: Wallet | undefined;
  #sinceMs = 0;

  /**
   * Asks the wallet about every hash that was handed to this payer beside the journal's own.
   * `changed`: the journal knows more now. A status: the wallet has not said.
   */
  async look(
    context: PaymentContext,
    leg: Leg,
    sinceMs: number,
  ): Promise<'clear' | 'changed' | PayerStatus> {
    const { desk, contract, wallet } = context;
    if (wallet !== this.#wallet || sinceMs !== this.#sinceMs) this.#cleared.clear();
    this.#wallet = wallet;
    this.#sinceMs = sinceMs;
    const early = this.#early;
    this.#early = new Map();
    await renewExpired(desk, contract, leg);
    const proven = contract.view.fold.state.paid.numbers(leg);
    let parts: ReturnType<typeof partsByHash> | undefined;
    let result: 'clear' | 'changed' = 'clear';
    for (const { request, invoices } of await desk.handed.of(contract, leg)) {
      const { document } = request;
      // Before it opens nobody has been asked to pay it, and it is not paid here either.
      if (document.notBeforeSec > desk.clock.nowSec()) continue;
      if (document.n.every((n) => proven.has(n))) {
        await desk.handed.forget(contract.view.root, request.event.id);
        continue;
      }
      for (const [index, n] of document.n.entries()) {
        if (proven.has(n)) continue;
        const doubt = this.#doubt(desk, request, index, invoices[index] ?? '');
        if (!doubt) continue;
        parts ??= partsByHash(desk, contract, leg);
        // T-36: "…nor take it as paid, by a payment hash that another part of the leg has…"
        if ((parts.get(doubt.paymentHash ?? '') ?? n) !== n) continue;
        const after = await this.#ask(context, doubt, early.has(doubt.paymentHash ?? ''));
        if (typeof after === 'object') return after;
        if (after === 'found') result = 'changed';
      }
    }
    return result;
  }

  /** What a part waits for: another device may just have told the wallet of another hash. */
  waitOn({ n, paymentHash }: JournalEntry): PayerStatus | undefined {
    const others = [...this.#early].filter(([hash, of]) => of.n === n && hash !== paymentHash);
    if (others.length === 0) return undefined;
    const untilMs = Math.max(...others.map(([, of]) => of.untilMs));
    return statusOf('waiting', 'NOT_ARRIVED', { untilSec: Math.ceil(untilMs / 1_000) });
  }

  /** Pays what was looked at. */
  pay(context: PaymentContext, entry: JournalEntry, sinceMs: number): Promise<JournalEntry> {
    this.#told.set(entry.paymentHash ?? '', sinceMs);
    return payEntry(context, entry, sinceMs);
  }

  /** The entry of a part that may have been paid without this journal knowing. */
  #doubt(
    desk: Desk,
    { document, event }: ParsedRequest,
    index: number,
    invoice: string,
  ): JournalEntry | undefined {
    const n = document.n[index] ?? 0;
    const paymentHash = document.paymentHash[index] ?? '';
    const known = desk.journal.get(document.contract, document.leg, n);
    // Of what was asked for since, this payer knows all: what it told no wallet was not paid.
    // Numbers of orders change, those of books do not.
    const isKept = !isSerial(document.leg) || document.book === true;
    const isNew = isKept && isOfThisRun(event, this.#sinceMs);
    if (isNew && !this.#told.has(paymentHash)) return undefined;
    const isSettling = known && !['wanted', 'checked', 'failed'].includes(known.step);
    if (isSettling || known?.paymentHash === paymentHash || this.#cleared.has(paymentHash)) {
      return undefined;
    }
    const nowMs = desk.clock.nowMs();
    return {
      contract: document.contract,
      leg: document.leg,
      n,
      amountUnits: unitsOf(document)[index] ?? '0',
      amountMsat: document.msat[index] ?? '0',
      step: 'wanted',
      updatedAtMs: nowMs,
      askedAtMs: known?.askedAtMs ?? 0,
      request: { ...event, tags: event.tags.map((tag) => [...tag]) },
      invoice,
      paymentHash,
      expiresAtSec: document.expiresAtSec,
    };
  }

  // T-13: "A payer MUST NOT pay a part before its wallet has said of every other hash it was
  // handed for that part that no payment of it is made or under way…"
  async #ask(
    context: PaymentContext,
    entry: JournalEntry,
    wasEarly: boolean,
  ): Promise<RecoveredEntry> {
    const { journal, clock } = context.desk;
    const { contract, leg, n, paymentHash = '', expiresAtSec = 0 } = entry;
    // T-13: "…Before it pays by another, a wallet's word that it knows of none counts 90 seconds
    // after another device of the payer may last have told it…"
    const untilMs = Math.min(this.#sinceMs, expiresAtSec * 1_000) + NEVER_ARRIVED_MS;
    const isEarly = clock.nowMs() <= untilMs && this.#told.get(paymentHash) !== this.#sinceMs;
    // While no other hash would be paid for the part, asking again tells nothing that matters.
    const isIdle = journal.get(contract, leg, n)?.paymentHash === undefined;
    const outcome =
      isEarly && wasEarly && isIdle ? 'unheardOf' : await recoverEntry(context, entry);
    if (outcome === 'unheardOf' && isEarly) this.#early.set(paymentHash, { n, untilMs });
    else if (outcome === 'unheardOf' || outcome === 'none') this.#cleared.add(paymentHash);
    return outcome;
  }
}
