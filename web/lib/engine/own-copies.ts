/**
 * What a payee's other devices have handed out, from its own mail, and in public in answer to
 * tenders. A new device may read its mail before its contracts, or before the events that say who
 * acts for it: what it cannot place yet it keeps, and looks at again.
 * Spec: specs/conversation.md, "Asking for payment requests".
 */
import type { MessageOf } from '@realyield/protocol';
import { ownContract, type Desk } from './desk.ts';
import type { OpenRequests } from './open-requests.ts';
import { waitAtMost } from './patience.ts';

const PREFIX = 'copy|';
/** How long relays that have not said what mail they have are waited for, ms. */
const MAIL_MS = 10_000;

/** A copy that could not be placed. */
interface EarlyCopy {
  readonly message: MessageOf<'requestDelivery'>;
  readonly author: string;
}

const keyOf = ({ contract, request }: EarlyCopy['message']): string =>
  `${PREFIX}${contract}|${request.id}`;

/** The copies of one person. */
export class OwnCopies {
  readonly #desk: Desk;
  readonly #requests: OpenRequests;
  /** Answers in public that were taken in. */
  readonly #learnt = new Set<string>();
  #early: Promise<Map<string, EarlyCopy>> | undefined;

  constructor(desk: Desk, requests: OpenRequests) {
    this.#desk = desk;
    this.#requests = requests;
  }

  /** Takes in a copy, now or as soon as its contract is known; on disk when this resolves. */
  async take(copy: EarlyCopy): Promise<void> {
    if (await this.#place(copy)) return;
    const early = await this.#load();
    const key = keyOf(copy.message);
    await this.#desk.store.write([{ table: 'journal', key, value: copy }]);
    early.set(key, copy);
    // It may have become known while this was written.
    await this.attend(copy.message.contract);
  }

  /** More is known of a contract: takes in what was answered in public, and what came too early. */
  async attend(root: string): Promise<void> {
    await this.#learnAnswers(root);
    const early = await this.#load();
    for (const [key, copy] of early) {
      if (copy.message.contract !== root || !(await this.#place(copy))) continue;
      await this.#desk.store.write([{ table: 'journal', key, remove: true }]);
      early.delete(key);
    }
  }

  /** Whether relays have said what other devices handed out under a contract; waits a little. */
  async areRead(root: string): Promise<boolean> {
    const { mailbox, clock } = this.#desk;
    // T-27: "…one that uses another device MUST take in what such copies say, and what its answers
    // to tenders carry, before it answers or signs a book, in whatever order they come and also
    // where they come before the contract does…"
    const key = ownContract(this.#desk, root)?.own.money?.publicKey;
    if (key === undefined) return false;
    await waitAtMost(clock, MAIL_MS, mailbox.whenCaughtUp(key));
    await this.attend(root);
    return mailbox.isCaughtUp(key);
  }

  async #learnAnswers(root: string): Promise<void> {
    const contract = ownContract(this.#desk, root);
    if (!contract || contract.view.fold.state.tenders.length === 0) return;
    // T-27: "…MUST take in what such copies say, and what its answers to tenders carry…"
    for (const parsed of this.#desk.catalog.eventsOf(root)) {
      if (parsed.name !== 'tenderAnswer' || this.#learnt.has(parsed.event.id)) continue;
      const { request, invoices } = parsed.document;
      const type = 'requestDelivery' as const;
      const message = { v: 1, type, contract: root, request, invoices } as const;
      const isOurs = await this.#requests.learn(contract, message, parsed.event.pubkey);
      if (isOurs) this.#learnt.add(parsed.event.id);
    }
  }

  /** Whether a copy is dealt with: taken in, or of no use whatever comes. */
  async #place({ message, author }: EarlyCopy): Promise<boolean> {
    const contract = ownContract(this.#desk, message.contract);
    if (contract?.view.fold.state.effectiveAtSec === undefined) return false;
    if (await this.#requests.learn(contract, message, author)) return true;
    return this.#desk.catalog.isWatchListed(message.contract);
  }

  #load(): Promise<Map<string, EarlyCopy>> {
    this.#early ??= this.#desk.store.all('journal').then((rows) => {
      const early = rows.filter(({ key }) => key.startsWith(PREFIX));
      return new Map(early.map(({ key, value }) => [key, value as EarlyCopy]));
    });
    return this.#early;
  }
}
