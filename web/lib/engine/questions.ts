/**
 * Questions for parts that came and cannot be answered yet: a device that has just started reads
 * its mail before it knows whether it is the one that pays, and before all its keys and contracts.
 * Of several about the same parts the newest is answered. Spec: specs/conversation.md, "Messages".
 */
import type { MessageOf } from '@realyield/protocol';
import { longestPauseMs } from './asking-pace.ts';
import { ownContract, type Desk } from './desk.ts';
import type { Incoming } from './mailbox.ts';

/** Clocks and the way of a question account for so much of its age, seconds. */
const ON_THE_WAY_SEC = 120;
/** How long a question waits until it can be answered, ms. */
const MOST_WAIT_MS = 120_000;
const LOOK_AGAIN_MS = 1_000;
/** Strangers can ask as well. */
const MOST_WAITING = 500;

type Answer = (message: MessageOf<'partsWanted'>, incoming: Incoming) => Promise<void>;

interface Question {
  readonly message: MessageOf<'partsWanted'>;
  readonly incoming: Incoming;
  readonly arrivedAtMs: number;
  /** It was answered, or never will be. */
  readonly settle: () => void;
}

/** The questions of one person's payers. */
export class Questions {
  readonly #desk: Desk;
  readonly #answer: Answer;
  #waiting: readonly Question[] = [];
  #stopTimer: (() => void) | undefined;
  #isStopped = false;

  constructor(desk: Desk, answer: Answer) {
    this.#desk = desk;
    this.#answer = answer;
  }

  /**
   * Takes a question; it is answered as soon as it can be, if that is soon. Resolves when nothing
   * more comes of it: it is not read before.
   */
  async take(
    message: MessageOf<'partsWanted'>,
    incoming: Incoming,
    isRunning: () => boolean,
  ): Promise<void> {
    const arrivedAtMs = this.#desk.clock.nowMs();
    let settle = (): void => undefined;
    const done = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const question = { message, incoming, arrivedAtMs, settle };
    if (this.#isTooOld(question)) return;
    const all = [...this.#waiting, question];
    this.#waiting = all.slice(-MOST_WAITING);
    for (const each of all.slice(0, -MOST_WAITING)) each.settle();
    // Not before our own mail has said what other devices of ours have handed out.
    void this.#desk.mailbox.whenCaughtUp(incoming.recipient).then(() => {
      this.#look(isRunning);
    });
    await done;
  }

  /** Answers nothing more. */
  stop(): void {
    this.#isStopped = true;
    this.#stopTimer?.();
    this.#waiting = [];
  }

  // T-29: "A payee MUST answer a question that is as old as the longest pause of a payer (T-28) and
  // two minutes, and of several about a part the newest…"
  #isTooOld({ message, incoming, arrivedAtMs }: Question): boolean {
    const { daySec = Infinity } =
      this.#desk.catalog.contract(message.contract)?.fold.state.contract.document ?? {};
    const mostSec = ON_THE_WAY_SEC + longestPauseMs(daySec) / 1_000;
    return arrivedAtMs / 1_000 - incoming.sentAtSec >= mostSec;
  }

  #isReady({ message, incoming }: Question): boolean {
    const isRead = this.#desk.mailbox.isCaughtUp(incoming.recipient);
    return isRead && ownContract(this.#desk, message.contract)?.own.money !== undefined;
  }

  #look(isRunning: () => boolean): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    if (this.#isStopped) return;
    const nowMs = this.#desk.clock.nowMs();
    const live = this.#waiting.filter(({ arrivedAtMs }) => nowMs - arrivedAtMs < MOST_WAIT_MS);
    const ready = isRunning() ? live.filter((question) => this.#isReady(question)) : [];
    const open = newestOf(ready.filter((each) => !this.#isTooOld(each)));
    const before = this.#waiting;
    this.#waiting = live.filter((question) => !ready.includes(question));
    const kept = [...this.#waiting, ...open];
    for (const question of before) if (!kept.includes(question)) question.settle();
    // T-29: "…a payee that dies before it has answered a question answers it when it is there
    // again…"
    for (const { message, incoming, settle } of open) {
      void this.#answer(message, incoming).then(settle, settle);
    }
    if (this.#waiting.length === 0) return;
    this.#stopTimer = this.#desk.clock.after(LOOK_AGAIN_MS, () => {
      this.#look(isRunning);
    });
  }
}

/** Of several questions of one payer about the same parts only the newest, newest first. */
function newestOf(questions: readonly Question[]): readonly Question[] {
  const answered = new Set<string>();
  const sorted = [...questions].sort((a, b) => b.incoming.sentAtSec - a.incoming.sentAtSec);
  return sorted.filter(({ message: { contract, leg, n }, incoming: { author } }) => {
    const parts = n.map((part) => [author, contract, leg, part].join('|'));
    const isNew = parts.some((part) => !answered.has(part));
    for (const part of parts) answered.add(part);
    return isNew;
  });
}
