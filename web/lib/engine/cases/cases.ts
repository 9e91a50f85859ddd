/**
 * Disputes of one person: open, answer, settle, decide. What the fold would refuse is not signed.
 * Spec: specs/disputes.md.
 */
import {
  buildDispute,
  deniedBasis,
  embed,
  nextSteps,
  reject,
  type Award,
  type DisputeDocument,
  type DisputeStepType,
  type Result,
} from '@realyield/protocol';
import { holderRole, payoutPlaces } from '../bonds/payout-case.ts';
import { ownContract, type Desk } from '../desk.ts';
import type { Signer } from '../ports.ts';
import type { CaseView } from './case-book.ts';
import { beside, deniedSteps, newestBlockFor, unsetChain } from './block-checks.ts';
import { claimable, nearbyContracts, refusedClaim, type Claimable } from './claimable.ts';
import {
  filesOf,
  inOrder,
  namesBlock,
  rising,
  type CaseOrder,
  type NamedFile,
  type RulingOrder,
  type StepContent,
} from './orders.ts';
import { placesIn, type Place } from './places.ts';
import { caseHeads, judgeUnsigned, publishStep, stepTimeSec } from './publishing.ts';

export type { CaseOrder, NamedFile, RulingOrder };

/** Cases one person has a part in, and what they do there. */
export class Cases {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Cases in which this person has a part, or holds a bond that pays, newest first. */
  own(): readonly CaseView[] {
    const { catalog, person } = this.#desk;
    const holds = (view: CaseView): boolean =>
      payoutPlaces(view, catalog.listings.pledges, catalog.cases).some(
        ({ pledge }) => holderRole(pledge, person.publicKey) !== undefined,
      );
    return catalog.cases.all().filter((view) => this.places(view).length > 0 || holds(view));
  }

  /** What this person is in a case. */
  places(view: CaseView): readonly Place[] {
    return placesIn(this.#desk, view);
  }

  /** Steps that would count if this person signed them now, with the part they sign for. */
  next(
    view: CaseView,
    isDenied: (id: string) => boolean = () => false,
  ): ReadonlyMap<DisputeStepType, Place> {
    const nowSec = this.#desk.clock.nowSec();
    const steps = new Map<DisputeStepType, Place>();
    for (const place of this.places(view)) {
      for (const type of nextSteps(view.fold, place.actor, nowSec, isDenied)) {
        // Whoever is in a case has joined it.
        if (type !== 'join' && !steps.has(type)) steps.set(type, place);
      }
    }
    return steps;
  }

  /** For what this person could open a case on a contract now, and how much can be claimed. */
  claimable(root: string): readonly Claimable[] {
    return claimable(this.#desk, root);
  }

  /** Contracts to follow before it shows whether a case on them could be joined. */
  nearby(root: string): readonly string[] {
    return nearbyContracts(this.#desk, root);
  }

  /** Opens a case; yields its id. */
  async open(root: string, order: CaseOrder): Promise<Result<string>> {
    const own = ownContract(this.#desk, root)?.own;
    if (!own) return reject('AUTHOR_ROLE');
    const { reason, claimUnits, address, statement, documents } = order;
    const room = this.claimable(root).find((each) => each.reason === reason);
    if (room?.running !== undefined) return reject('STATE_FORBIDS', room.running);
    const refused = refusedClaim(room, claimUnits);
    if (refused) return refused;
    const content = {
      type: 'open' as const,
      ...{ reason, claimUnits: claimUnits.toString(), statement },
      ...(address === undefined ? {} : { address }),
      ...{ documents: filesOf(documents), events: [] },
    };
    return this.#sign(undefined, root, own.main, content);
  }

  /** Claims the same of another contract under the offer. */
  async join(
    id: string,
    root: string,
    { claimUnits, address, statement }: Omit<CaseOrder, 'reason' | 'documents'>,
  ): Promise<Result<string>> {
    const view = this.#desk.catalog.cases.find(id);
    if (!view) return reject('DISPUTE_UNKNOWN');
    const own = ownContract(this.#desk, root)?.own;
    if (!own) return reject('AUTHOR_ROLE');
    const { reason } = view.fold;
    const room = this.claimable(root).find((each) => each.reason === reason);
    const refused = refusedClaim(room, claimUnits);
    if (refused) return refused;
    const where = address === undefined ? {} : { address };
    const content = { type: 'join' as const, claimUnits: claimUnits.toString(), statement };
    return this.#sign(view, root, own.main, { ...content, ...where });
  }

  /** Answers the claim. */
  respond(id: string, statement: string, named: readonly NamedFile[] = []) {
    return this.#step(id, { type: 'response', statement, documents: filesOf(named) });
  }

  /** Adds evidence: files by their hashes, events by their ids. */
  addEvidence(
    id: string,
    statement: string,
    named: readonly NamedFile[] = [],
    events: readonly string[] = [],
  ) {
    const documents = filesOf(named);
    return this.#step(id, { type: 'evidence', statement, documents, events: rising(events) });
  }

  /** Proposes how to settle. */
  propose(id: string, awards: readonly Award[], payBySec: number, statement: string) {
    return this.#step(id, { type: 'proposal', awards: inOrder(awards), payBySec, statement });
  }

  /** Accepts a proposal, for every part this person has in the case. */
  async settle(id: string, proposal: string): Promise<Result<string>> {
    const view = this.#desk.catalog.cases.find(id);
    const step = view?.steps.find(({ event }) => event.id === proposal);
    if (!view || step?.document.type !== 'proposal') return reject('STATE_FORBIDS', 'proposal');
    const content = { type: 'settlement' as const, proposal: embed(step.event) };
    return this.#forEach(view, ['claimant', 'respondent'], content, (signer) =>
      signer.publicKey === step.event.pubkey ? { ok: true, value: proposal } : undefined,
    );
  }

  /** Takes the case as arbiter; the list says what was in time. */
  take(id: string, admitted: readonly string[]) {
    return this.#step(id, { type: 'taken', admitted: rising(admitted) });
  }

  /** Rules as arbiter. */
  async rule(id: string, order: RulingOrder): Promise<Result<string>> {
    const view = this.#desk.catalog.cases.find(id);
    if (view?.fold.taken === undefined) return reject('STATE_FORBIDS', 'taken');
    return this.#step(id, {
      type: 'ruling',
      taken: view.fold.taken,
      admitted: rising(order.admitted),
      findings: order.findings,
      awards: inOrder(order.awards),
      payBySec: order.payBySec,
    });
  }

  /** Calls the fallback arbiter once the arbiter has been silent. */
  callFallback(id: string) {
    return this.#step(id, { type: 'fallback' });
  }

  /** Takes the claim back, in every contract of this person's. */
  async withdraw(id: string, statement: string): Promise<Result<string>> {
    const view = this.#desk.catalog.cases.find(id);
    if (!view) return reject('DISPUTE_UNKNOWN');
    return this.#forEach(view, ['claimant'], { type: 'withdrawal', statement });
  }

  /** Points at payments that were made for the outcome. */
  async comply(
    id: string,
    receipts: readonly string[],
    statement: string,
  ): Promise<Result<string>> {
    const outcome = this.#desk.catalog.cases.find(id)?.fold.outcome?.id;
    if (outcome === undefined) return reject('STATE_FORBIDS', 'outcome');
    return this.#step(id, { type: 'compliance', outcome, receipts: rising(receipts), statement });
  }

  /** Closes a case as who decided it. */
  close(id: string, statement: string) {
    return this.#step(id, { type: 'closing', statement });
  }

  async #step(
    id: string,
    content: StepContent & { readonly type: DisputeStepType },
  ): Promise<Result<string>> {
    const view = this.#desk.catalog.cases.find(id);
    if (!view) return reject('DISPUTE_UNKNOWN');
    const place = this.next(view).get(content.type) ?? this.#placeFor(view, content.type);
    if (!place) return reject('AUTHOR_ROLE');
    return this.#sign(view, place.contract, place.signer, content);
  }

  /** Who would sign a step that may not be due yet. */
  #placeFor(view: CaseView, type: DisputeStepType): Place | undefined {
    const isDeciding = ['taken', 'ruling', 'closing'].includes(type);
    const decides = ({ actor }: Place): boolean =>
      actor === 'arbiter' || actor === 'fallbackArbiter';
    const places = this.places(view).filter((place) => decides(place) === isDeciding);
    const right = type === 'response' ? 'respondent' : undefined;
    return places.find(({ actor }) => right === undefined || actor === right);
  }

  /** One step for each key of this person's: an investor has one for each contract. */
  async #forEach(
    view: CaseView,
    actors: readonly Place['actor'][],
    content: StepContent,
    done: (signer: Signer) => Result<string> | undefined = () => undefined,
  ): Promise<Result<string>> {
    const parts = this.places(view).filter(({ actor }) => actors.includes(actor));
    const isPerClaim = content.type === 'withdrawal';
    let last: Result<string> = reject('AUTHOR_ROLE');
    const signed = new Set<string>();
    for (const { contract, signer } of parts) {
      if (!isPerClaim && signed.has(signer.publicKey)) continue;
      signed.add(signer.publicKey);
      const now = this.#desk.catalog.cases.find(view.id) ?? view;
      last = done(signer) ?? (await this.#sign(now, contract, signer, content));
      if (!last.ok) return last;
    }
    return last;
  }

  async #sign(
    view: CaseView | undefined,
    contract: string,
    signer: Signer,
    content: StepContent,
  ): Promise<Result<string>> {
    const isClock = namesBlock(content.type);
    const denied = view && isClock ? await deniedSteps(this.#desk, view) : new Set<string>();
    const wrong = view && deniedBasis({ dispute: view.id, ...content }, (id) => denied.has(id));
    if (wrong !== undefined) return reject('BLOCK_DENIED', wrong);
    const block = isClock ? await newestBlockFor(this.#desk, contract) : undefined;
    if (isClock && !block) return reject('BLOCK_UNKNOWN', await unsetChain(this.#desk, contract));
    const steps = view?.steps ?? [];
    // DI-34: "…and leave every other step with such a block out of `prev`…"
    const isDenied = (id: string): boolean => denied.has(id);
    const known =
      content.type === 'fallback'
        ? beside(steps, denied)
        : steps.filter(({ event }) => !denied.has(event.id));
    const document = {
      v: 1,
      contract,
      prev: caseHeads({ steps: known }),
      ...content,
      ...(view === undefined ? {} : { dispute: view.id }),
      ...(block ? { block } : {}),
    } as DisputeDocument;
    const atSec = stepTimeSec(this.#desk, steps, signer.publicKey);
    const judged = judgeUnsigned(this.#desk, signer, document, atSec);
    if (!judged.ok) return judged;
    if (view && !this.#isDue(view, signer, document, isDenied)) {
      return reject('STATE_FORBIDS', document.type);
    }
    const roots = [...new Set([contract, ...(view?.fold.contracts ?? [])])];
    return publishStep(this.#desk, signer, buildDispute(document, atSec), roots);
  }

  /** Whether a step would have an effect: the fold takes more than that. */
  #isDue(
    view: CaseView,
    signer: Signer,
    { type }: DisputeDocument,
    isDenied: (id: string) => boolean,
  ): boolean {
    if (type === 'open' || type === 'join') return true;
    const nowSec = this.#desk.clock.nowSec();
    return this.places(view).some(
      (place) =>
        place.signer.publicKey === signer.publicKey &&
        nextSteps(view.fold, place.actor, nowSec, isDenied).includes(type),
    );
  }
}
