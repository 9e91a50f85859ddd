/** A whole loan as signed events: names, seeds and counters make it, so every byte repeats. */
import {
  buildAcknowledgement,
  buildContract,
  buildContractEvent,
  buildNotice,
  buildOffer,
  buildReceipt,
  buildRequest,
  buildSignature,
  computeCommitment,
  contractOf,
  embed,
  foldContract,
  headsOf,
  keyFactsHash,
  LEGS,
  legOf,
  planTicks,
  REGISTER_START,
  type Fold,
  type Leg,
  type ParsedContract,
  type ParsedEvent,
  type ParsedOffer,
  type ParsedRequest,
  type PartyRole,
  type SignedEvent,
  type Template,
} from '../index.ts';
import { hashOf, paymentHashOf, publicOf, realSigning, type Signing } from './keys.ts';
import { relays } from './offers.ts';
import { columnsOf } from './prices.ts';
import { appointmentsIn, offerWith } from './loan-options.ts';
import type { LoanOptions, Paid, Part, PayOptions } from './loan-options.ts';

export * from './keys.ts';
export * from './offers.ts';
export type { LoanOptions, Paid, Part, PayOptions } from './loan-options.ts';

const firstEntry = { serial: 1, previous: REGISTER_START };

/** A loan under construction: events in the order they were signed. */
export class Loan {
  readonly events: SignedEvent[] = [];
  readonly parsed: ParsedEvent[] = [];
  readonly offer: ParsedOffer;
  readonly contract: ParsedContract;
  readonly startAtSec: number;
  readonly signing: Signing;
  readonly #options: LoanOptions;
  #counter = 0;

  constructor(options: LoanOptions = {}) {
    this.#options = options;
    this.signing = options.signing ?? realSigning;
    this.startAtSec = options.startAtSec ?? 1_800_000_000;
    const offerTemplate = buildOffer(
      offerWith(options, (name) => this.#keyOf(name)),
      this.startAtSec - 1000,
    );
    const offerEvent = this.signing.sign(this.nameOf('bank'), offerTemplate);
    this.offer = this.signing.read(offerEvent)[0] as ParsedOffer;
    const built = buildContract(this.offer, {
      principalUnits: options.principalUnits ?? 1_000_000_000n,
      investor: {
        pubkey: this.#keyOf('investor'),
        relays: [...(options.investorRelays ?? relays)],
        fallbackAddress: options.fallbackAddress,
        recovery: options.recovery?.investor && this.#keyOf(options.recovery.investor),
      },
      commitment: computeCommitment(this.#keyOf('investor main'), this.#own('salt')),
      nonce: this.#own('nonce'),
      startAtSec: this.startAtSec,
      expiresAtSec: options.expiresAtSec ?? this.startAtSec + 1_000_000,
      bases: appointmentsIn(options, this.signing, offerEvent.id, this.startAtSec),
    });
    if (!built.ok) throw new Error(`${built.code} ${built.detail ?? ''}`);
    this.addAs('investor', buildContractEvent(built.value, this.startAtSec));
    this.contract = this.parsed.find((entry) => entry.name === 'contract') as ParsedContract;
  }

  /** The test key behind a name used here. */
  nameOf(name: string): string {
    return this.#options.cast?.(name) ?? name;
  }

  #keyOf(name: string): string {
    return publicOf(this.nameOf(name));
  }

  /** 32 bytes from a name that no loan of another seed has. */
  #own(name: string): string {
    return hashOf(`${this.#options.seed ?? ''}${name}`);
  }

  /** The contract's id. */
  get root(): string {
    return this.contract.event.id;
  }

  /** The loan as it stands. */
  fold(): Fold {
    const fold = foldContract(this.root, this.parsed);
    if (!fold.ok) throw new Error(fold.code);
    return fold.value;
  }

  /** Adds a signed event and returns it. */
  add(event: SignedEvent): SignedEvent {
    this.parsed.push(...this.signing.read(event));
    this.events.push(event);
    return event;
  }

  /** Signs a template with a named key and adds it. */
  addAs(name: string, template: Template): SignedEvent {
    return this.add(this.signing.sign(this.nameOf(name), template));
  }

  /** A named key's heads, for `prev`. */
  heads(...names: string[]): string[] {
    const own = this.parsed.filter(
      (entry) => contractOf(entry) === this.root || entry.name === 'sales',
    );
    return headsOf(
      names.map((name) => this.#keyOf(name)),
      own,
    );
  }

  /** One role's acceptance. */
  sign(role: PartyRole, atSec: number, delegate?: string, prev?: readonly string[]): SignedEvent {
    return this.signAs(role, role, atSec, delegate, prev);
  }

  /** An acceptance of a role, signed by any named key. */
  signAs(
    name: string,
    role: PartyRole,
    atSec: number,
    delegate?: string,
    prev?: readonly string[],
  ): SignedEvent {
    const template = buildSignature(
      {
        v: 1,
        type: 'acceptance',
        contract: this.root,
        role,
        terms: embed(this.contract.event),
        keyFacts: keyFactsHash(this.contract.document),
        ...(delegate === undefined ? {} : { delegate: this.#keyOf(delegate) }),
        ...(role === 'bank' ? { register: this.#options.register ?? firstEntry } : {}),
        prev: [...(prev ?? this.heads(name))],
      },
      atSec,
    );
    return this.addAs(name, template);
  }

  /** All three acceptances. */
  signAll(): void {
    this.sign('investor', this.startAtSec + 1);
    this.sign('business', this.startAtSec + 2);
    this.sign('bank', this.startAtSec + 3);
  }

  /** A withdrawal by a named key. */
  withdraw(name: string, atSec: number): SignedEvent {
    const prev = this.heads(name);
    const template = buildSignature(
      { v: 1, type: 'withdrawal', contract: this.root, reason: '', prev },
      atSec,
    );
    return this.addAs(name, template);
  }

  /** A preimage nobody else has. */
  preimage(): string {
    this.#counter += 1;
    return this.#own(`preimage ${this.#counter}`);
  }

  /** A request signed by a payee; it joins no set until a receipt embeds it. */
  request(leg: Leg, parts: readonly Required<Part>[], atSec: number, options: PayOptions = {}) {
    const seen = this.parsed.filter((entry) => entry.name === 'signature');
    const template = buildRequest(
      {
        v: 1,
        type: 'request',
        contract: this.root,
        leg,
        notBeforeSec: options.notBeforeSec ?? atSec - 10,
        expiresAtSec: options.expiresAtSec ?? atSec + 590,
        ...(options.version === undefined ? {} : { version: options.version }),
        n: parts.map((part) => part.n),
        ...columnsOf(this.contract.document, parts, atSec - 10, this.signing, options.pricing),
        paymentHash: parts.map((part) => paymentHashOf(part.preimage)),
        seen: [...(options.seen ?? [...new Set(seen.map((entry) => entry.event.id))].sort())],
      },
      atSec - 10,
    );
    return this.signing.sign(this.nameOf(options.payee ?? LEGS[leg].payee), template);
  }

  /** A receipt for parts of a request, signed by a payer. */
  receipt(
    request: SignedEvent,
    parts: readonly Required<Part>[],
    atSec: number,
    payer: string,
    prev?: readonly string[],
  ): SignedEvent {
    const parsed = this.signing.read(request).at(-1) as ParsedRequest;
    const template = buildReceipt(
      {
        v: 1,
        contract: this.root,
        request: embed(parsed.event),
        n: parts.map((part) => part.n),
        preimage: parts.map((part) => part.preimage),
        prev: [...(prev ?? this.heads(payer))],
      },
      atSec,
    );
    return this.addAs(payer, template);
  }

  /** Requests and receipts some parts: payee signs, payer proves. */
  pay(leg: Leg, parts: readonly Part[], atSec: number, options: PayOptions = {}): Paid {
    const full = parts.map((part) => ({ ...part, preimage: part.preimage ?? this.preimage() }));
    const request = this.request(leg, full, atSec, options);
    const payer = options.payer ?? legOf(this.contract.document, leg).payer;
    return { request, receipt: this.receipt(request, full, atSec, payer, options.prev) };
  }

  /** Streams all ticks, a few to a receipt. */
  streamAll(perReceipt = 4): Paid[] {
    const ticks = planTicks(this.contract.document);
    const paid: Paid[] = [];
    for (let from = 0; from < ticks.length; from += perReceipt) {
      const parts = ticks.slice(from, from + perReceipt);
      const last = parts[parts.length - 1];
      if (last) paid.push(this.pay('disbursement', parts, last.dueAtSec + 1));
    }
    return paid;
  }

  /** A payee's acknowledgement of a request's parts. */
  acknowledge(
    payee: string,
    request: { readonly id: string },
    n: number[],
    atSec: number,
  ): SignedEvent {
    const items = [{ request: request.id, n }];
    const prev = this.heads(payee);
    const document = { v: 1, type: 'received', contract: this.root, items, prev } as const;
    return this.addAs(payee, buildAcknowledgement(document, atSec));
  }

  /** A payee's objection, with the time it says the money came. */
  object(
    payee: string,
    request: { readonly id: string },
    n: number[],
    atSec: number,
    settledAtSec?: number,
  ): SignedEvent {
    const stated = settledAtSec === undefined ? {} : { settledAtSec };
    const template = buildAcknowledgement(
      {
        v: 1,
        type: 'objection',
        contract: this.root,
        request: request.id,
        n,
        statement: 'It came later.',
        ...stated,
        prev: this.heads(payee),
      },
      atSec,
    );
    return this.addAs(payee, template);
  }

  /** The bank's closure, resting on every head it knows unless said. */
  close(atSec: number, rests?: readonly string[], name = 'bank'): SignedEvent {
    const all = ['investor', 'business', 'bank'].flatMap((party) => this.heads(party));
    const seen = [...(rests ?? all)].sort();
    const prev = this.heads(name);
    const template = buildNotice(
      { v: 1, type: 'closure', contract: this.root, seen, statement: '', prev },
      atSec,
    );
    return this.addAs(name, template);
  }
}
