/** Milestones: the business claims, the attester decides. Spec: specs/milestones.md. */
import {
  attesterOf,
  buildMilestone,
  embed,
  headsOf,
  permittedActs,
  reject,
  type ActorRole,
  type ContractAct,
  type ParsedMilestone,
  type Result,
} from '@realyield/protocol';
import type { ContractView } from './catalog.ts';
import {
  hasTakenOver,
  nextEventTimeSec,
  ownContract,
  ownHeads,
  signerOf,
  type Desk,
} from './desk.ts';
import type { Signer } from './ports.ts';
import { publishTried } from './tried.ts';

/** What the business says and shows: files stay where they are, only names and hashes travel. */
export interface ClaimOrder {
  /** The tranche's place in the contract, counted from 0. */
  readonly tranche: number;
  readonly statement: string;
  readonly evidence: readonly { readonly name: string; readonly sha256: string }[];
}

/** A claim that waits for this person's decision. */
export interface OpenClaim {
  readonly view: ContractView;
  readonly claim: ParsedMilestone;
}

/** Milestones of the contracts one person has a part in. */
export class Milestones {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** The business says that a milestone is reached. */
  async claim(root: string, order: ClaimOrder): Promise<Result<string>> {
    const contract = ownContract(this.#desk, root);
    if (contract?.own.role !== 'business') return reject('AUTHOR_ROLE', 'business');
    const { own, view } = contract;
    const { tranche, statement, evidence } = order;
    const stands = view.fold.state.milestones.find((entry) => entry.tranche === tranche)?.status;
    const isOpen = stands === 'open' || stands === 'refused';
    if (!isOpen || !isPermitted(view, 'business', 'claim')) {
      return reject('STATE_FORBIDS', 'claim');
    }
    const prev = ownHeads(this.#desk, root, own);
    const document = { v: 1, type: 'claim', contract: root, tranche, statement, prev } as const;
    const template = buildMilestone(
      { ...document, evidence: evidence.map((entry) => ({ ...entry })) },
      nextEventTimeSec(this.#desk, root),
    );
    return publishTried(this.#desk, root, own.main, template);
  }

  /** The attester approves or refuses a claim. */
  async decide(
    root: string,
    claimId: string,
    type: 'approval' | 'refusal',
    statement: string,
  ): Promise<Result<string>> {
    const view = this.#desk.catalog.contract(root);
    if (!view) return reject('CONTRACT_UNKNOWN', root);
    const signer = this.#attesterSigner(view);
    if (!signer) return reject('AUTHOR_ROLE', 'attester');
    const claim = this.claimOf(root, claimId);
    if (!claim) return reject('CLAIM_UNKNOWN', claimId);
    if (!isPermitted(view, 'attester', type)) return reject('STATE_FORBIDS', type);
    const events = this.#desk.catalog.eventsOf(root);
    const { tranche } = claim.document;
    const document = {
      v: 1 as const,
      type,
      contract: root,
      tranche,
      claim: embed(claim.event),
      statement,
      prev: headsOf([signer.publicKey], events),
    };
    const own = events.filter(({ event }) => event.pubkey === signer.publicKey);
    const times = own.map(({ event }) => event.created_at);
    const atSec = Math.max(this.#desk.clock.nowSec(), ...times);
    return publishTried(this.#desk, root, signer, buildMilestone(document, atSec));
  }

  /** A claim by its id. */
  claimOf(root: string, id: string): ParsedMilestone | undefined {
    return this.#desk.catalog
      .eventsOf(root)
      .find(
        (parsed): parsed is ParsedMilestone =>
          parsed.name === 'milestone' && parsed.event.id === id && parsed.document.type === 'claim',
      );
  }

  /** Whether this person decides on a contract's milestones. */
  isAttester(view: ContractView): boolean {
    return this.#attesterSigner(view) !== undefined;
  }

  /** Claims in any contract that wait for this person, oldest first. */
  open(): readonly OpenClaim[] {
    return this.#desk.catalog
      .roots()
      .map((root) => this.#desk.catalog.contract(root))
      .filter((view) => view !== undefined && this.isAttester(view))
      .flatMap((view) => (view ? this.#claimed(view) : []))
      .sort((a, b) => a.claim.event.created_at - b.claim.event.created_at);
  }

  #claimed(view: ContractView): OpenClaim[] {
    if (!isPermitted(view, 'attester', 'approval')) return [];
    return view.fold.state.milestones
      .filter(({ status }) => status === 'claimed')
      .map(({ claim }) => this.claimOf(view.root, claim ?? ''))
      .filter((claim) => claim !== undefined)
      .map((claim) => ({ view, claim }));
  }

  #attesterSigner(view: ContractView): Signer | undefined {
    const { contract, takeover } = view.fold.state;
    const named = signerOf(this.#desk, attesterOf(contract.document));
    // N-12: "…what it approves counts only while its takeover is not contested…"
    const isTheBanks = contract.document.attester === undefined && takeover?.contested === false;
    if (named || !isTheBanks) return named;
    return hasTakenOver(this.#desk, view) ? this.#desk.person : undefined;
  }
}

function isPermitted(view: ContractView, role: ActorRole, act: ContractAct): boolean {
  return permittedActs(view.fold.state, role).includes(act);
}
