/**
 * The books a payee fills before it goes away, and how far they reach: of ticks, and of repayments.
 * Spec: specs/payments.md, "Books", "Books of repayments".
 */
import {
  bookReach,
  LEGS,
  planBook,
  planRepaymentBook,
  repaymentReach,
  ok,
  reject,
  type BookChunk,
  type BookReach,
  type ContractState,
  type Result,
} from '@realyield/protocol';
import { ownContract, type Desk } from './desk.ts';
import { OpenRequests } from './open-requests.ts';
import type { Payee } from './payee.ts';

/** What filling came to. */
export interface Filled extends BookReach {
  /** Parts that were added. */
  readonly added: number;
}

/** Legs that have books. */
type BookLeg = 'disbursement' | 'repayment';

/** Books of one person. */
export class Books {
  readonly #desk: Desk;
  readonly #payee: Payee;
  readonly #open: OpenRequests;

  constructor(desk: Desk, payee: Payee) {
    this.#desk = desk;
    this.#payee = payee;
    this.#open = new OpenRequests(desk);
  }

  /** How far the book of a contract reaches; undefined for who is not paid by one under it. */
  async reach(root: string): Promise<BookReach | undefined> {
    const own = this.#own(root);
    return own && this.#reach(own.state, own.leg);
  }

  /** Signs requests for all that falls due in the next weeks and has none, and sends them. */
  async fill(root: string): Promise<Result<Filled>> {
    const own = this.#own(root);
    if (!own) return reject('AUTHOR_ROLE', LEGS.disbursement.payee);
    const { state, leg } = own;
    let added = 0;
    for (const chunk of await this.#plan(state, leg)) {
      const made = await this.#payee.fill(root, chunk);
      // Each request is whole, kept and sent, or not made at all: what failed is filled next time.
      if (made === 0) break;
      added += made;
    }
    return ok({ added, ...(await this.#reach(state, leg)) });
  }

  async #reach(state: ContractState, leg: BookLeg): Promise<BookReach> {
    const { root } = state;
    const nowSec = this.#desk.clock.nowSec();
    if (leg === 'disbursement') return bookReach(state, await this.#open.open(root, leg), nowSec);
    return repaymentReach(state, await this.#open.asked(root, leg), nowSec);
  }

  async #plan(state: ContractState, leg: BookLeg): Promise<readonly BookChunk[]> {
    const { root } = state;
    const nowSec = this.#desk.clock.nowSec();
    if (leg === 'disbursement') {
      const booked = await this.#open.open(root, leg);
      return planBook(state, new Set(booked.keys()), nowSec);
    }
    // Parts that were tendered are asked for under their own numbers.
    const tendered = state.tenders.flatMap((each) => (each.leg === leg ? each.n : []));
    return planRepaymentBook(state, await this.#open.asked(root, leg), tendered, nowSec);
  }

  #own(root: string): { readonly state: ContractState; readonly leg: BookLeg } | undefined {
    const contract = ownContract(this.#desk, root);
    if (!contract?.own.money) return undefined;
    const { state } = contract.view.fold;
    const legs = ['disbursement', 'repayment'] as const;
    const leg = legs.find((each) => LEGS[each].payee === contract.own.role);
    return leg && { state, leg };
  }
}
