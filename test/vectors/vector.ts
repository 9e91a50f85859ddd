/** The shapes of test vectors, and what the implementation makes of each input. */
import {
  buildContract,
  buildKeyFacts,
  keyFactsHash,
  yearlyRateBps,
  checkAgainstOffer,
  computeStateHash,
  foldContract,
  hashedView,
  ledgerOf,
  parseMessage,
  planDisbursement,
  readEvent,
  scheduleOf,
  type ContractChoice,
  type ContractState,
  type Fold,
  type ParsedContract,
  type ParsedEvent,
  type ParsedOffer,
  type SignedEvent,
} from '@realyield/protocol';
import { rememberingVerifier } from '../fixtures/keys.ts';
import { expectDelivery, type DeliveryVector } from './delivery-shapes.ts';
import { lossesOf, sharesOf, standingOf } from './loss-shapes.ts';
import type { GuaranteeVector, ShareVector } from './loss-shapes.ts';
import { figuresOf, type FiguresVector } from './figure-shapes.ts';
import { answersOf, type PlanVector } from './plan-shapes.ts';
import { disputeOf, type DisputeVector } from './dispute-shapes.ts';
import { bundleAnswer, type BundleVector } from './bundle-shapes.ts';
import { afterAnswer, chainAnswer, payoutAnswer, placeAnswer } from './bond-shapes.ts';
import type { AfterVector, ChainVector, PayoutVector, PlaceVector } from './bond-shapes.ts';
import { proofOf, splitOf, treeOf } from './till-shapes.ts';
import type { ProofVector, SplitVector, TreeVector } from './till-shapes.ts';

/** JSON as vectors hold it. */
export type Json = string | number | boolean | Json[] | { [key: string]: Json };

/** What every case shows, in words, and of which requirements. */
export interface Named {
  readonly name: string;
  readonly requires: readonly string[];
}

/** One raw event to be read. */
export interface ReadVector extends Named {
  readonly event: unknown;
}

/** Events of one contract to be folded; a view of the ledger where a time is given. */
export interface FoldVector extends Named {
  readonly root: string;
  readonly events: readonly SignedEvent[];
  readonly asOfSec?: number;
}

/** An offer and an investor's choices to build a contract from. */
export interface BuildVector extends Named {
  readonly offer: SignedEvent;
  readonly choice: Omit<ContractChoice, 'principalUnits'> & { readonly principalUnits: string };
}

/** A contract to be compared with an offer. */
export interface CompareVector extends Named {
  readonly offer: SignedEvent;
  readonly contract: SignedEvent;
}

/** The content of a private message. */
export interface MessageVector extends Named {
  readonly content: string;
}

/** A contract whose key-facts sheet is asked for. */
export interface SheetVector extends Named {
  readonly terms: SignedEvent;
}

/** Flows whose yearly rate is asked for, amounts as decimal strings. */
export interface RateVector extends Named {
  readonly flows: readonly { readonly day: number; readonly amountUnits: string }[];
}

/** Any input of a vector. */
export type Input =
  | ReadVector
  | FoldVector
  | BuildVector
  | CompareVector
  | MessageVector
  | DeliveryVector
  | SheetVector
  | RateVector
  | FiguresVector
  | GuaranteeVector
  | ShareVector
  | PlanVector
  | PlaceVector
  | ChainVector
  | PayoutVector
  | AfterVector
  | ProofVector
  | SplitVector
  | TreeVector
  | BundleVector
  | DisputeVector;

/** A vector as its file holds it. */
export type Vector = Input & { readonly expect: Json };

/** Events and what they embed; throws where one does not read. */
export function readAll(events: readonly unknown[]): ParsedEvent[] {
  return events.flatMap((event) => {
    const read = readEvent(event, rememberingVerifier);
    if (!read.ok) throw new Error(`a vector's event does not read: ${read.code}`);
    return read.value;
  });
}

const plain = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;
/** A record as JSON, amounts as texts. */
export const texts = (record: object): Json => JSON.parse(JSON.stringify(record, plain)) as Json;

function viewOf(state: ContractState, asOfSec: number): Json {
  const ledger = ledgerOf(state, asOfSec);
  return {
    ledger: texts(ledger),
    next: texts(planDisbursement(state, new Set(), asOfSec, 300)),
    schedule: texts(scheduleOf(state, asOfSec)),
  };
}

function paymentsOf(state: ContractState): Json {
  return state.payments.map((payment) => ({
    leg: payment.leg,
    request: payment.request,
    n: payment.n,
    amountUnits: payment.amountUnits.toString(),
    settledAtSec: payment.settledAtSec,
    class: payment.class,
    timeContested: payment.timeContested,
    afterFinal: payment.afterFinal,
  }));
}

function describeFold(fold: Fold, asOfSec: number | undefined): Json {
  const { state } = fold;
  return {
    stateHash: computeStateHash(state),
    state: hashedView(state) as Json,
    payments: paymentsOf(state),
    milestones: texts(state.milestones),
    notices: texts(state.notices),
    ...(texts(lossesOf(state)) as Readonly<Record<string, Json>>),
    ...(state.unprovenPrices.length > 0 ? { unprovenPrices: [...state.unprovenPrices] } : {}),
    withdrawnBy: [...state.withdrawnBy],
    rejects: fold.rejects.map(({ id, code }) => ({ id, code })),
    missing: [...fold.missing],
    order: [...fold.order],
    ...(asOfSec === undefined ? {} : { view: viewOf(state, asOfSec) }),
  };
}

function expectFold(vector: FoldVector): Json {
  const fold = foldContract(vector.root, readAll(vector.events));
  return fold.ok ? describeFold(fold.value, vector.asOfSec) : { rejectCode: fold.code };
}

function expectBuild(vector: BuildVector): Json {
  const offer = readAll([vector.offer])[0] as ParsedOffer;
  const { choice } = vector;
  const built = buildContract(offer, { ...choice, principalUnits: BigInt(choice.principalUnits) });
  return built.ok ? { contract: texts(built.value) } : { rejectCode: built.code };
}

function expectCompare(vector: CompareVector): Json {
  const offer = readAll([vector.offer])[0] as ParsedOffer;
  const contract = readAll([vector.contract]).at(-1) as ParsedContract;
  const compared = checkAgainstOffer(contract, offer);
  return compared.ok ? { same: true } : { rejectCode: compared.code };
}

function expectRead(vector: ReadVector): Json {
  const read = readEvent(vector.event, rememberingVerifier);
  return read.ok ? { names: read.value.map((entry) => entry.name) } : { rejectCode: read.code };
}

function expectMessage(vector: MessageVector): Json {
  const message = parseMessage(vector.content);
  return message.ok ? { type: message.value.type } : { rejectCode: message.code };
}

function expectSheet({ terms }: SheetVector): Json {
  const { document } = readAll([terms]).at(-1) as ParsedContract;
  return { keyFacts: keyFactsHash(document), sheet: texts(buildKeyFacts(document)) };
}

function expectRate({ flows }: RateVector): Json {
  const rateBps = yearlyRateBps(
    flows.map(({ day, amountUnits }) => ({ day, amountUnits: BigInt(amountUnits) })),
  );
  return rateBps === undefined ? {} : { rateBps };
}

/** What the implementation answers to a vector's input, whichever its shape. */
export function expectationOf(vector: Input): Json {
  if ('bundle' in vector) return texts(bundleAnswer(vector));
  if ('dispute' in vector) return texts(disputeOf(vector, readAll));
  if ('cases' in vector) return texts(answersOf(vector));
  if ('script' in vector) return texts(placeAnswer(vector));
  if ('branch' in vector) return texts(chainAnswer(vector));
  if ('funded' in vector) return texts(payoutAnswer(vector));
  if ('records' in vector) return texts(afterAnswer(vector, readAll));
  if ('guarantee' in vector) return texts(standingOf(vector));
  if ('stakes' in vector) return texts(sharesOf(vector));
  if ('choice' in vector) return expectBuild(vector);
  if ('contract' in vector) return expectCompare(vector);
  if ('terms' in vector) return expectSheet(vector);
  if ('flows' in vector) return expectRate(vector);
  if ('invoices' in vector) return expectDelivery(vector);
  if ('content' in vector) return expectMessage(vector);
  if ('bank' in vector) return texts(figuresOf(vector, readAll));
  if ('served' in vector) return texts(splitOf(vector));
  if ('leaves' in vector) return texts(treeOf(vector));
  if ('sale' in vector) return texts(proofOf(vector, readAll));
  if ('events' in vector) return expectFold(vector);
  return expectRead(vector);
}

/** A set of named cases under one folder. */
export type Cases = Readonly<Record<string, Vector>>;

/** Every code an expectation names, at any depth. */
export function codesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    (key === 'rejectCode' || key === 'code') && typeof inner === 'string'
      ? [inner]
      : codesIn(inner),
  );
}

/**
 * A finished vector. `codes` are the refusals the author of the case says it shows, in order:
 * what the implementation answers is held against them before anything is written.
 */
export function finish(codes: readonly string[], input: Input): Vector {
  const expect = expectationOf(input);
  const found = codesIn(expect);
  if (found.join() !== codes.join()) {
    throw new Error(`${input.name}: expected [${codes.join()}], answered [${found.join()}]`);
  }
  return { ...input, expect };
}
