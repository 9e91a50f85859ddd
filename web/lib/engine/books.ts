/**
 * The books a payee fills before it goes away, and how far they reach.
 * Spec: specs/payments.md, "Books".
 */
import {
  bookReach,
  LEGS,
  planBook,
  ok,
  reject,
  type BookReach,
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

  /** How far the book of a contract reaches; undefined for who is not paid in ticks under it. */
  async reach(root: string): Promise<BookReach | undefined> {
    const state = this.#stateOf(root);
    if (!state) return undefined;
    return bookReach(state, await this.#open.open(root, 'disbursement'), this.#desk.clock.nowSec());
  }

  /** Signs requests for all ticks of the next weeks that have none, and sends them. */
  async fill(root: string): Promise<Result<Filled>> {
    const state = this.#stateOf(root);
    if (!state) return reject('AUTHOR_ROLE', LEGS.disbursement.payee);
    const booked = await this.#open.open(root, 'disbursement');
    const nowSec = this.#desk.clock.nowSec();
    let added = 0;
    for (const chunk of planBook(state, new Set(booked.keys()), nowSec)) {
      const made = await this.#payee.fill(root, chunk);
      // Each request is whole, kept and sent, or not made at all: what failed is filled next time.
      if (made === 0) break;
      added += made;
    }
    const after = await this.#open.open(root, 'disbursement');
    return ok({ added, ...bookReach(state, after, this.#desk.clock.nowSec()) });
  }

  #stateOf(root: string) {
    const contract = ownContract(this.#desk, root);
    const isPaid = contract?.own.role === LEGS.disbursement.payee && contract.own.money;
    return isPaid ? contract.view.fold.state : undefined;
  }
}
