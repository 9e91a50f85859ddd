/**
 * Applications for a loan: those this person made, and those made to them as a bank.
 * Spec: specs/applications.md.
 */
import {
  applicationId,
  foldApplication,
  parseMessage,
  formatMessage,
  type ApplicationCase,
  type ApplicationMessage,
  type ApplicationState,
  type Message,
  type MessageOf,
  type Result,
} from '@realyield/protocol';
import type { Desk } from './desk.ts';
import { Listeners } from './listeners.ts';
import type { Incoming } from './mailbox.ts';
import { randomHex } from './random.ts';

/** What a business fills in. */
export type ApplicationForm = Omit<ApplicationCase, 'salt'>;

/** What a bank says with a step. */
export type ApplicationDecision = Pick<MessageOf<'applicationStep'>, 'status' | 'reason' | 'offer'>;

type ApplicationTalk = MessageOf<'application'> | ApplicationMessage['message'];

/** An application as it is kept; without a case while only words about it have come. */
interface Kept {
  readonly case?: ApplicationCase;
  readonly applicant?: string;
  readonly atSec: number;
  readonly messages: readonly ApplicationMessage[];
}

/** An application with when its applicant says it was made, Unix seconds. */
export interface OwnApplication extends ApplicationState {
  readonly atSec: number;
}

const PREFIX = 'application|';
/** So many applications are kept, and so many words before their application. */
const MOST_APPLICATIONS = 2_000;
const MOST_STRAY = 200;
/** So many of either by one sender, so that nobody fills the room of all. */
const MOST_OF_ONE = 20;
/** So many messages are kept about one application. */
const MOST_MESSAGES = 500;

/** The applications of one person. */
export class Applications {
  readonly changed = new Listeners<void>();
  readonly #desk: Desk;
  readonly #kept = new Map<string, Kept>();
  #work: Promise<void> = Promise.resolve();
  #tellLoaded: () => void = () => undefined;
  readonly #loaded = new Promise<void>((tell) => {
    this.#tellLoaded = tell;
  });

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Reads what was kept; before mail is read. */
  async load(): Promise<void> {
    for (const { key, value } of await this.#desk.store.all('settings')) {
      if (key.startsWith(PREFIX)) this.#kept.set(key.slice(PREFIX.length), value as Kept);
    }
    this.#tellLoaded();
  }

  /** Applications this person made, newest first. */
  made(): readonly OwnApplication[] {
    return this.#states().filter(({ applicant }) => applicant === this.#own);
  }

  /** Applications made to this person, newest first. */
  received(): readonly OwnApplication[] {
    return this.#states().filter((state) => state.case.bank === this.#own);
  }

  /** One by its name. */
  find(id: string): OwnApplication | undefined {
    const kept = this.#kept.get(id);
    return kept && this.#stateOf(kept);
  }

  /** One by its name, once what was kept is read. */
  async lookUp(id: string): Promise<OwnApplication | undefined> {
    await this.#loaded;
    return this.find(id);
  }

  /** Applies to a bank; kept, and sent until a relay has it. Gives the application's name. */
  async apply(form: ApplicationForm): Promise<Result<string>> {
    const of: ApplicationCase = { ...form, salt: randomHex() };
    const sent = await this.#say({ v: 1, type: 'application', case: of }, of.bank);
    return sent.ok ? { ok: true, value: applicationId(this.#own, of) } : sent;
  }

  /** The bank's next step. */
  async decide(id: string, decision: ApplicationDecision): Promise<Result<void>> {
    const state = this.#known(id);
    const step = state.step + 1;
    const message = { v: 1, type: 'applicationStep', application: id, step, ...decision } as const;
    return this.#say(message, state.applicant);
  }

  /** An offer came of an approved application: the business is led to it. */
  async answer(id: string | undefined, offer: string): Promise<void> {
    const state = id === undefined ? undefined : this.find(id);
    if (id === undefined || state?.status !== 'approved') return;
    await this.decide(id, { status: state.status, reason: state.reason, offer });
  }

  /** A question, an answer or a word, to the other side. */
  async write(id: string, text: string, answers?: string): Promise<Result<void>> {
    const head = { v: 1, type: 'applicationNote', application: id, note: randomHex() } as const;
    const message = { ...head, text, ...(answers === undefined ? {} : { answers }) };
    return this.#say(message, this.#otherSide(this.#known(id)));
  }

  /** The business wants the loan no more. */
  async withdraw(id: string): Promise<Result<void>> {
    const { bank } = this.#known(id).case;
    return this.#say({ v: 1, type: 'applicationWithdrawal', application: id }, bank);
  }

  /** Deals with a message about an application. */
  receive(message: ApplicationTalk, { author, sentAtSec }: Incoming): Promise<void> {
    return this.#oneByOne(() => this.#take(message, author, sentAtSec));
  }

  // AP-8: "A holder MAY hand a document that is for parties only to the bank of an application it
  // made that names the document…"
  /** Whether somebody may have a document because an application to them names it. */
  isNamedTo(asker: string, sha256: string): boolean {
    return this.made().some(
      (state) =>
        state.case.bank === asker && state.case.documents.some((one) => one.sha256 === sha256),
    );
  }

  get #own(): string {
    return this.#desk.person.publicKey;
  }

  #known(id: string): OwnApplication {
    const state = this.find(id);
    if (!state) throw new Error('no such application');
    return state;
  }

  #otherSide(state: ApplicationState): string {
    return state.applicant === this.#own ? state.case.bank : state.applicant;
  }

  #stateOf(kept: Kept): OwnApplication | undefined {
    if (!kept.case || kept.applicant === undefined) return undefined;
    return { ...foldApplication(kept.applicant, kept.case, kept.messages), atSec: kept.atSec };
  }

  #states(): OwnApplication[] {
    return [...this.#kept.values()]
      .map((kept) => this.#stateOf(kept))
      .filter((state) => state !== undefined)
      .sort((a, b) => b.atSec - a.atSec);
  }

  /** Kept first, then sent to the other side and to one's own other devices. */
  async #say(message: ApplicationTalk, recipient: string): Promise<Result<void>> {
    const read = parseMessage(formatMessage(message));
    if (!read.ok) return read;
    const { person, clock, mailbox } = this.#desk;
    await this.#oneByOne(() => this.#take(message, person.publicKey, clock.nowSec()));
    const urls = await this.#urlsOf(recipient);
    const own = recipient === person.publicKey ? [] : [person.publicKey];
    for (const to of [recipient, ...own]) await mailbox.send(message, person, to, urls);
    return { ok: true, value: undefined };
  }

  async #urlsOf(recipient: string): Promise<readonly string[]> {
    const { relays, directory } = this.#desk;
    await directory.look([recipient]);
    const named = directory.of(recipient).filter(({ read }) => read);
    return [...new Set([...relays.writeUrls, ...named.map(({ url }) => url)])];
  }

  async #take(message: ApplicationTalk, author: string, sentAtSec: number): Promise<void> {
    if (message.type === 'application') {
      const of = message.case;
      if (of.bank !== this.#own && author !== this.#own) return;
      const id = applicationId(author, of);
      const known = this.#kept.get(id);
      if (known?.case || (!known && !this.#hasRoom(author, true))) return;
      const writers = [author, of.bank];
      const messages = (known?.messages ?? []).filter((one) => writers.includes(one.author));
      return this.#put(id, { case: of, applicant: author, atSec: sentAtSec, messages });
    }
    const id = message.application;
    const known = this.#kept.get(id);
    if (!known && !this.#hasRoom(author, false)) return;
    const isStranger = known?.case && ![known.applicant, known.case.bank].includes(author);
    const kept = known ?? { atSec: sentAtSec, messages: [] };
    const text = formatMessage(message);
    const isSame = (one: ApplicationMessage): boolean =>
      one.author === author && formatMessage(one.message) === text;
    // Said twice, it was said when it was said first.
    const isHeard = kept.messages.some((one) => isSame(one) && one.sentAtSec <= sentAtSec);
    const others = kept.messages.filter((one) => !isSame(one));
    if (isStranger === true || isHeard || others.length >= MOST_MESSAGES) return;
    const messages = [...others, { message, author, sentAtSec }];
    return this.#put(id, { ...kept, messages });
  }

  /** Whether another application, or word before one, of this author is kept. */
  #hasRoom(author: string, hasCase: boolean): boolean {
    const alike = [...this.#kept.values()].filter((kept) => (kept.case !== undefined) === hasCase);
    const most = hasCase ? MOST_APPLICATIONS : MOST_STRAY;
    const isOf = ({ applicant, messages }: Kept): boolean =>
      (applicant ?? messages[0]?.author) === author;
    const ofOne = author === this.#own ? 0 : alike.filter(isOf).length;
    return alike.length < most && ofOne < MOST_OF_ONE;
  }

  async #put(id: string, kept: Kept): Promise<void> {
    await this.#desk.store.write([{ table: 'settings', key: `${PREFIX}${id}`, value: kept }]);
    this.#kept.set(id, kept);
    this.changed.emit();
  }

  #oneByOne(step: () => Promise<void>): Promise<void> {
    const done = this.#work.then(step);
    this.#work = done.catch(() => undefined);
    return done;
  }
}

/** Whether a message is about an application. */
export function isApplicationTalk(message: Message): message is ApplicationTalk {
  return (
    message.type === 'application' ||
    message.type === 'applicationStep' ||
    message.type === 'applicationNote' ||
    message.type === 'applicationWithdrawal'
  );
}
