/**
 * The tills a bank runs for businesses: takes the sales with its own wallet, hands shares and what
 * is left on, reports, and takes over from devices that are lost. Spec: specs/till.md, "Run by the
 * bank".
 */
import type { Leg, MessageOf } from '@realyield/protocol';
import { readInvoice } from '../../wallet/invoices.ts';
import { ownContract, ownContracts, type Desk } from '../desk.ts';
import type { JournalEntry } from '../journal.ts';
import { Listeners } from '../listeners.ts';
import type { Incoming } from '../mailbox.ts';
import type { PaymentRecord } from '../ports.ts';
import type { Repayments } from '../repayments.ts';
import { isPerDevice } from '../serials.ts';
import { isListed } from '../ticks-due.ts';
import { Devices, type OwnDevice } from './devices.ts';
import { HostedAnswers } from './hosted-answers.ts';
import {
  contractsOf,
  countsFrom,
  handedOn,
  heldThereMsat,
  isJustOrdered,
  payOn,
  settleAccounts,
  type HandedOn,
} from './onward.ts';
import { SalesReports } from './reports.ts';
import { hostedBusiness, hostedFor } from './shares.ts';
import { takeOver } from './take-over.ts';
import { walletTaker } from './takers.ts';
import { Till } from './till.ts';

const SCOPE = 'hosted|';
const DAY_MS = 86_400_000;
const TRY_LATER =
  'Your loans and your mail are still being read from the relays. Try again in a moment.';

const contractOf = ({ contract }: { readonly contract: string }): string => contract;

/** One business's till. */
export interface HostedTill {
  /** The business's key. */
  readonly business: string;
  readonly till: Till;
  readonly reports: SalesReports;
}

/** The tills one bank runs. */
export class HostedTills {
  readonly changed = new Listeners<void>();
  readonly #desk: Desk;
  readonly #repayments: Repayments;
  readonly #answers: HostedAnswers;
  readonly #devices: Devices;
  readonly #tills = new Map<string, Promise<HostedTill>>();
  readonly #open = new Map<string, HostedTill>();
  readonly #stops = new Map<string, () => void>();
  readonly #opening = new Set<Promise<void>>();
  #taking: Promise<unknown> = Promise.resolve();
  #isOn = false;

  constructor(desk: Desk, repayments: Repayments) {
    this.#desk = desk;
    this.#repayments = repayments;
    this.#devices = new Devices(desk, (...of) => this.#told(...of));
    this.#answers = new HostedAnswers(desk, this.#devices, (business) => this.#tillOf(business));
  }

  /** Takes up the tills of businesses known; others as they become known. */
  async start(): Promise<void> {
    await this.#devices.load();
    this.#isOn = true;
    const rows = await this.#desk.store.all('journal');
    const kept = rows
      .filter(({ key }) => key.startsWith(SCOPE))
      .map(({ key }) => key.slice(SCOPE.length, SCOPE.length + 64));
    const hosted = ownContracts(this.#desk).map(hostedBusiness);
    const known = new Set([...kept, ...hosted.filter((each) => each !== undefined)]);
    await Promise.all([...known].map((business) => this.#tillOf(business)));
  }

  /** Takes up the till that a contract has this bank run; more of a contract is known. */
  attend(root: string): void {
    const contract = this.#isOn ? ownContract(this.#desk, root) : undefined;
    const business = contract && hostedBusiness(contract);
    if (business === undefined) return;
    // A payment that others waited for may have been proven.
    this.#open.get(business)?.till.again();
    if (this.#tills.has(business)) return;
    // Its next event, or question, tries again.
    const opened = this.#tillOf(business).then(
      () => this.changed.emit(),
      () => void this.#tills.delete(business),
    );
    this.#opening.add(opened);
    void opened.then(() => this.#opening.delete(opened));
  }

  /** The tills that are open, in no order. */
  get all(): readonly HostedTill[] {
    return [...this.#open.values()];
  }

  /** What was handed on of one business's takings, here and by the bank's other devices. */
  handedOn(hosted: Pick<HostedTill, 'business' | 'till'>): HandedOn {
    const own = this.#devices.known(hosted.business) ?? { firsts: [], old: [] };
    return handedOn(this.#desk, own, this.contractsOf(hosted));
  }

  /** Whether another device has taken over what this one took. */
  isClosed(business: string): boolean {
    return this.#devices.known(business)?.isClosed === true;
  }

  /** Whether another device pays on what a contract's till took here. */
  isLeft(root: string, leg: Leg): boolean {
    if (!isPerDevice(leg)) return false;
    const contract = ownContract(this.#desk, root);
    return contract !== undefined && this.isClosed(hostedBusiness(contract) ?? '');
  }

  /** Other devices that took something; what each holds, msat, and whether it has what was ours. */
  elsewhere(hosted: Pick<HostedTill, 'business' | 'till'>) {
    return this.#devices.others(hosted.business).map((other) => {
      const roots = [...this.contractsOf(hosted), ...other.copy.accounts.map(contractOf)];
      const heldMsat = heldThereMsat(this.#desk, other.copy, new Set(roots));
      const own = this.#devices.known(hosted.business)?.device ?? '';
      return { ...other, heldMsat, hasOurs: other.copy.took.includes(own) };
    });
  }

  /**
   * Takes over what a device took that is lost, looks up what it may have been paid, pays on.
   * Yields why that cannot be now, in words.
   */
  async takeOver(business: string, device: string): Promise<string | undefined> {
    const hosted = await this.#tillOf(business);
    const other = this.#devices.other(business, device);
    const roots = [...this.contractsOf(hosted), ...(other?.copy.accounts ?? []).map(contractOf)];
    // TL-38: "…once it has heard all that relays have of its contracts and of its own mail…"
    if (!roots.every((root) => this.#isHeard(root))) return TRY_LATER;
    const next = this.#taking.then(() => this.#takeOver(hosted, device));
    this.#taking = next.catch(() => undefined);
    await next;
    return undefined;
  }

  #isHeard(root: string): boolean {
    const contract = ownContract(this.#desk, root);
    return contract !== undefined && isListed(this.#desk, contract);
  }

  async #takeOver(hosted: HostedTill, device: string): Promise<void> {
    const { business, till, reports } = hosted;
    if (!(await takeOver(this.#desk, this.#devices, hosted, device))) return;
    await reports.learn();
    await this.#devices.send(business, till);
    this.changed.emit();
    await till.check();
  }

  /** A copy of a device's has come. */
  #told(business: string, device: string): void {
    const hosted = this.#open.get(business);
    const own = this.#devices.known(business);
    if (hosted && own?.isClosed) void this.#close(hosted).catch(() => undefined);
    else if (own?.took.includes(device))
      void this.takeOver(business, device).catch(() => undefined);
    this.changed.emit();
  }

  /** Another device pays on what this one took: what was ordered and not sent is dropped. */
  async #close({ till, reports, business }: HostedTill): Promise<void> {
    reports.stop();
    for (const root of this.contractsOf({ till, business })) {
      for (const leg of ['tillShare', 'takings'] as const) {
        const open = this.#desk.journal.unproven(root, leg);
        for (const entry of open) if (isUnsent(entry)) await this.#desk.journal.drop(entry);
      }
    }
  }

  /** Deals with a till's question. */
  answer(message: MessageOf<'saleWanted'>, incoming: Pick<Incoming, 'author'>): void {
    if (this.#isOn) this.#answers.answer(message, incoming);
  }

  /** A copy of what another device took. */
  hearCopy(message: MessageOf<'tillCopy'>, incoming: Incoming): Promise<void> {
    return this.#devices.receive(message, incoming);
  }

  /** Contracts by which it has this till, and those it had it by. */
  contractsOf({ business, till }: Pick<HostedTill, 'business' | 'till'>): ReadonlySet<string> {
    const served = ownContracts(this.#desk)
      .filter((contract) => hostedBusiness(contract) === business)
      .map(({ view }) => view.root);
    return new Set([...served, ...contractsOf(till)]);
  }

  /** A payment the wallet tells of. */
  hear(record: PaymentRecord): void {
    for (const { till } of this.all) till.hear(record);
  }

  /** A wallet is here, or another one: what was paid meanwhile is looked up. */
  useWallet(): void {
    for (const { till } of this.all) void till.check().catch(() => undefined);
  }

  #tillOf(business: string): Promise<HostedTill> {
    const known = this.#tills.get(business) ?? this.#make(business);
    this.#tills.set(business, known);
    return known;
  }

  async #make(business: string): Promise<HostedTill> {
    const desk = this.#desk;
    const { store, clock, wallet, catalog } = desk;
    const scope = `${SCOPE}${business}|`;
    const served = () => hostedFor(desk, business);
    const till: Till = new Till({
      ...{ store, clock, readInvoice, scope, served },
      takerOf: () => walletTaker(wallet()),
      isReady: () => catalog.isListed || till.names.length > 0,
      keyOf: ([root = '']) =>
        ownContract(desk, root)?.own.money?.publicKey ?? desk.person.publicKey,
      order: async (root, msat, also) => {
        const own = this.#counting(business);
        if (!own || isJustOrdered(desk, root, 'tillShare')) return false;
        const from = countsFrom(own);
        return (await this.#repayments.handOver(root, 'tillShare', msat, from, also)).ok;
      },
      beforehand: async (book) => {
        const own = this.#counting(business);
        if (own) await settleAccounts(desk, own, book);
      },
      handOn: async (book) => {
        const own = this.#counting(business);
        if (!own) return true;
        return payOn(desk, this.#repayments, { own, served: served() }, book);
      },
      onPaid: (sale) => {
        void this.#devices.send(business, till, sale).catch(() => undefined);
        void this.#answers.tell(business, sale).catch(() => undefined);
      },
    });
    const reports = new SalesReports(desk, till, undefined, scope);
    await reports.load();
    await till.start();
    // What was ordered here before devices counted apart; a new device has ordered nothing.
    const roots = till.sales.length > 0 ? this.contractsOf({ business, till }) : [];
    await this.#devices.begin(business, roots);
    const tell = (): void => this.changed.emit();
    till.changed.add(tell);
    const hosted = { business, till, reports };
    this.#open.set(business, hosted);
    void till.check().catch(() => undefined);
    if (this.isClosed(business)) await this.#close(hosted);
    else reports.followDays(tell);
    this.#copyDaily(hosted);
    return hosted;
  }

  /** This device, as it counts what it pays on; undefined once another has taken over. */
  #counting(business: string): OwnDevice | undefined {
    const own = this.#devices.known(business);
    return own?.isClosed ? undefined : own;
  }

  /** Mail is not kept for ever: what was taken is said again every day. */
  #copyDaily(hosted: HostedTill): void {
    const { business, till } = hosted;
    if (till.sales.length > 0) void this.#devices.send(business, till).catch(() => undefined);
    const stop = this.#desk.clock.after(DAY_MS, () => this.#copyDaily(hosted));
    this.#stops.set(business, stop);
  }

  /** Stops; what was begun is finished. */
  async stop(): Promise<void> {
    this.#isOn = false;
    for (const { reports } of this.all) reports.stop();
    for (const stop of this.#stops.values()) stop();
    await Promise.all([...this.#opening, this.#answers.stop()]);
    await Promise.all(this.all.map(({ till }) => till.stop()));
  }
}

/** Whether no wallet was told to pay a part. */
function isUnsent({ step }: JournalEntry): boolean {
  return step === 'wanted' || step === 'checked' || step === 'failed';
}
