/**
 * The figures pages show, kept up to date: asked for by reading, computed elsewhere, and told when
 * they are there. An answer that has gone stale is shown, with its time, until the next is there.
 */
import type { Opening } from '@realyield/protocol';
import type { Catalog, ContractView } from '../../engine/catalog.ts';
import type { Answer, Ask, BankAnswer, FlowsAnswer, PortfolioAnswer } from './desk.ts';
import { openFigureOffice, type FigureOffice } from './office.ts';

interface Entry {
  answer: Answer | undefined;
  /** How many changes of facts the answer rests on. */
  changes: number;
  isAsked: boolean;
}

type Question = Ask extends infer Each
  ? Each extends Ask
    ? Omit<Each, 'asOfSec' | 'openings'>
    : never
  : never;

/** Figures over the contracts of one catalog. */
export class Figures {
  /** Counts answers; reading a figure reads it. */
  #version = $state(0);
  readonly #open: () => FigureOffice;
  #office: FigureOffice | undefined;
  #catalog: Catalog | undefined;
  #sent = new Map<string, ContractView>();
  #entries = new Map<string, Entry>();
  #changes = 0;
  #openings: readonly Opening[] = [];
  /** Contracts that have changed since anything was last sent. */
  #pending: ContractView[] = [];
  #isDirty = true;
  #unlisten: (() => void) | undefined;
  /** Whether the office has been told to forget the catalog before this one. */
  #isNew = true;

  constructor(open: () => FigureOffice = openFigureOffice) {
    this.#open = open;
  }

  /**
   * A bank's figures; undefined until they are computed. Its contracts and the history of
   * repayments come only when asked for.
   */
  bank(catalog: Catalog, bank: string, nowSec: number, isDetailed = false): BankAnswer | undefined {
    const answer = this.#read(catalog, { type: 'bank', bank, isDetailed }, nowSec);
    return answer?.type === 'bank' ? answer : undefined;
  }

  /** Figures of an investor's contracts; undefined until they are computed. */
  portfolio(
    catalog: Catalog,
    roots: readonly string[],
    nowSec: number,
  ): PortfolioAnswer | undefined {
    const answer = this.#read(catalog, { type: 'portfolio', roots }, nowSec);
    return answer?.type === 'portfolio' ? answer : undefined;
  }

  /** Every payment of some contracts, earliest first. */
  async flows(
    catalog: Catalog,
    roots: readonly string[],
    nowSec: number,
  ): Promise<FlowsAnswer['flows']> {
    const answer = await this.#send(catalog, { type: 'flows', roots, asOfSec: nowSec });
    return answer.type === 'flows' ? answer.flows : [];
  }

  /** What the reader was told of whose contract keys are whose; counts from the next reading. */
  useOpenings(openings: readonly Opening[]): void {
    if (openings === this.#openings) return;
    this.#openings = openings;
    this.#changes += 1;
  }

  /** Lets go of the thread. */
  stop(): void {
    this.#unlisten?.();
    this.#catalog = undefined;
    this.#office?.stop();
    this.#office = undefined;
  }

  #read(catalog: Catalog, question: Question, nowSec: number): Answer | undefined {
    if (this.#version < 0) return undefined;
    this.#attend(catalog);
    const key = JSON.stringify(question);
    const entry = this.#entries.get(key) ?? { answer: undefined, changes: -1, isAsked: false };
    this.#entries.set(key, entry);
    const isFresh =
      entry.answer !== undefined &&
      entry.changes === this.#changes &&
      nowSec < entry.answer.staleAtSec;
    if (!isFresh && !entry.isAsked) this.#ask(catalog, entry, this.#complete(question, nowSec));
    return entry.answer;
  }

  #complete(question: Question, asOfSec: number): Ask {
    return question.type === 'bank'
      ? { ...question, asOfSec, openings: this.#openings }
      : { ...question, asOfSec };
  }

  #ask(catalog: Catalog, entry: Entry, ask: Ask): void {
    entry.isAsked = true;
    entry.changes = this.#changes;
    void this.#send(catalog, ask).then((answer) => {
      entry.isAsked = false;
      entry.answer = answer;
      if (this.#catalog === catalog) this.#version += 1;
    });
  }

  #send(catalog: Catalog, ask: Ask): Promise<Answer> {
    this.#attend(catalog);
    this.#office ??= this.#open();
    const states = this.#pending.map(({ fold }) => fold.state);
    const isNew = this.#isNew;
    this.#pending = [];
    this.#isNew = false;
    return this.#office.ask({ isNew, states, ask });
  }

  /** Begins anew with another catalog, and notes what has changed in this one. */
  #attend(catalog: Catalog): void {
    if (this.#catalog !== catalog) {
      this.#unlisten?.();
      this.#catalog = catalog;
      this.#sent = new Map();
      this.#entries = new Map();
      this.#pending = [];
      this.#isNew = true;
      this.#isDirty = true;
      this.#unlisten = catalog.changed.add(() => {
        this.#isDirty = true;
      });
    }
    if (!this.#isDirty) return;
    this.#isDirty = false;
    const before = this.#pending.length;
    for (const root of catalog.roots()) {
      const view = catalog.contract(root);
      if (!view || this.#sent.get(root) === view) continue;
      this.#sent.set(root, view);
      this.#pending.push(view);
    }
    if (this.#pending.length > before) this.#changes += 1;
  }
}
