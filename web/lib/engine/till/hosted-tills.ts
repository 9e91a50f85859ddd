/**
 * The tills a bank runs for businesses: answers their questions for invoices, takes the sales with
 * its own wallet, hands shares and what is left on, and reports. Spec: specs/till.md, "Run by the
 * bank".
 */
import {
  isSaleAmount,
  mayAskForSale,
  merchantsMsat,
  type ContractState,
  type MessageOf,
} from '@realyield/protocol';
import { readInvoice } from '../../wallet/invoices.ts';
import { embedOwn, ownContract, ownContracts, type Desk, type OwnContract } from '../desk.ts';
import { Listeners } from '../listeners.ts';
import type { Incoming } from '../mailbox.ts';
import type { PaymentRecord } from '../ports.ts';
import type { Repayments } from '../repayments.ts';
import { contractsOf, handedOn, isJustOrdered, payOn, type HandedOn } from './onward.ts';
import { isPaid, Receipts } from './receipts.ts';
import { SalesReports } from './reports.ts';
import type { TillSale } from './sale.ts';
import { hostedBusiness, hostedFor } from './shares.ts';
import { walletTaker } from './takers.ts';
import { Till } from './till.ts';

/** So many sales of one business may wait to be paid. */
const MOST_WAITING = 100;
const SCOPE = 'hosted|';

type Wanted = MessageOf<'saleWanted'>;
type Code = MessageOf<'saleRefusal'>['code'];

const SENTENCES: Readonly<Record<Code, string>> = {
  notServed: 'The bank runs no till for a loan that takes a share of sales now.',
  wrongAmount: 'A sale at this till is of 1 to 100 000 000 whole sats.',
  tooMany: 'Too many sales wait to be paid. Ask again when some are paid or have run out.',
  unknownSale: 'This device of the bank did not make that invoice.',
  walletUnavailable: 'The bank’s wallet is not answering.',
};

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
  readonly #receipts: Receipts;
  readonly #tills = new Map<string, Promise<HostedTill>>();
  readonly #open = new Map<string, HostedTill>();
  readonly #asking = new Set<string>();
  readonly #answering = new Set<Promise<void>>();
  #isOn = false;

  constructor(desk: Desk, repayments: Repayments) {
    this.#desk = desk;
    this.#repayments = repayments;
    this.#receipts = new Receipts(desk);
  }

  /** Takes up the tills of businesses known; others as they become known. */
  async start(): Promise<void> {
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
    this.#answering.add(opened);
    void opened.then(() => this.#answering.delete(opened));
  }

  /** The tills that are open, in no order. */
  get all(): readonly HostedTill[] {
    return [...this.#open.values()];
  }

  /** What was handed on of one business's takings, here and by the bank's other devices. */
  handedOn(hosted: Pick<HostedTill, 'business' | 'till'>): HandedOn {
    return handedOn(this.#desk, this.contractsOf(hosted));
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

  /** Deals with a till's question. */
  answer(message: Wanted, { author }: Pick<Incoming, 'author'>): void {
    const contract = ownContract(this.#desk, message.contract);
    const business = contract && hostedBusiness(contract);
    const nowSec = this.#desk.clock.nowSec();
    const isTheirs = contract && mayAskForSale(stateOf(contract), author, nowSec);
    // One at a time: the question is repeated while the wallet makes the invoice.
    if (!this.#isOn || business === undefined || !isTheirs || this.#asking.has(message.sale)) {
      return;
    }
    this.#asking.add(message.sale);
    const answered = this.#answer(message, author, business).catch((error: unknown) => {
      console.error(error);
    });
    this.#answering.add(answered);
    void answered.then(() => {
      this.#asking.delete(message.sale);
      this.#answering.delete(answered);
    });
  }

  async #answer(message: Wanted, author: string, business: string): Promise<void> {
    const { till } = await this.#tillOf(business);
    const known = till.askedFor(message.sale);
    if (known && known.amountMsat !== message.msat) {
      await this.#refuse(message, author, 'wrongAmount');
    } else if (known && known.step !== 'asked') {
      if (!known.paid) await till.lookAt(known);
      await this.#tell(business, till.sale(known.order) ?? known, author);
    } else if (message.paymentHash !== undefined) {
      // TL-33: "Asked with a `paymentHash` the bank MUST make no invoice; where it does not know
      // the sale it answers `unknownSale`…"
      await this.#refuse(message, author, 'unknownSale');
    } else await this.#ask(message, author, business, till);
  }

  async #ask(message: Wanted, key: string, business: string, till: Till): Promise<void> {
    const amountMsat = BigInt(message.msat);
    const served = hostedFor(this.#desk, business);
    const waiting = till.unpaid.filter(({ step }) => step === 'shown');
    const isServed = served.some(({ shareBps }) => shareBps > 0);
    const problem: Code | undefined = !isServed
      ? 'notServed'
      : !isSaleAmount(amountMsat)
        ? 'wrongAmount'
        : waiting.length >= MOST_WAITING
          ? 'tooMany'
          : undefined;
    if (problem) {
      await this.#refuse(message, key, problem);
      return;
    }
    const { sale, contract, priced, till: name } = message;
    const asked = await till.ask({
      ...{ amountMsat, asked: { sale, contract, key } },
      ...(priced ? { priced } : {}),
      ...(name.trim() === '' ? {} : { title: name }),
    });
    if (asked.ok) await this.#tell(business, asked.sale, key);
    else await this.#refuse(message, key, 'walletUnavailable', asked.sentence);
  }

  /** Says what became of a sale to whoever asked for it. */
  async #tell(business: string, sale: TillSale, to: string): Promise<void> {
    const { asked, invoice, paymentHash } = sale;
    if (!asked || invoice === undefined || paymentHash === undefined) return;
    const about = { v: 1, contract: asked.contract, sale: asked.sale } as const;
    if (!isPaid(sale)) {
      // TL-30: "A bank MUST answer a sale asked for again with the same invoice for as long as that
      // can be paid, and once it is paid with `salePaid`, however late…"
      await this.#send({ ...about, type: 'saleInvoice', invoice }, to);
      return;
    }
    const { till } = await this.#tillOf(business);
    const name = till.names.find((each) => each.till === sale.paid.till);
    const receipt = name && (await this.#receipts.of(sale, name));
    if (!receipt?.ok) return;
    const { preimage, atSec, split } = sale.paid;
    await this.#send(
      {
        ...{ ...about, type: 'salePaid', paymentHash, settledAtSec: atSec },
        ...(preimage === undefined ? {} : { preimage }),
        ...{ receipt: embedOwn(receipt.event), shares: [...split] },
        takenMsat: till.takenMsat.toString(),
        merchantsMsat: merchantsMsat(till.takenMsat, till.accounts.values()).toString(),
      },
      to,
    );
  }

  #refuse(message: Wanted, to: string, code: Code, sentence = SENTENCES[code]): Promise<void> {
    const { contract, sale } = message;
    return this.#send({ v: 1, type: 'saleRefusal', contract, sale, code, sentence }, to);
  }

  async #send(
    message: MessageOf<'saleInvoice' | 'salePaid' | 'saleRefusal'>,
    to: string,
  ): Promise<void> {
    const contract = ownContract(this.#desk, message.contract);
    const signer = contract?.own.money;
    if (!contract || !signer) return;
    const { relays } = stateOf(contract).contract.document.parties.business;
    const { mailbox } = this.#desk;
    // Only what the till does not ask for again is kept until a relay has it.
    if (message.type === 'salePaid') await mailbox.send(message, signer, to, relays);
    else await mailbox.sendOnce(message, signer, to, relays);
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
      order: async (root, msat, also) =>
        !isJustOrdered(desk, root, 'tillShare') &&
        (await this.#repayments.handOver(root, 'tillShare', msat, also)).ok,
      handOn: (book) => payOn(desk, this.#repayments, served(), book),
      onPaid: (sale) => {
        void this.#tell(business, sale, sale.asked?.key ?? '').catch(() => undefined);
      },
    });
    const reports = new SalesReports(desk, till, undefined, scope);
    await reports.load();
    await till.start();
    const tell = (): void => this.changed.emit();
    till.changed.add(tell);
    const hosted = { business, till, reports };
    this.#open.set(business, hosted);
    void till.check().catch(() => undefined);
    reports.followDays(tell);
    return hosted;
  }

  /** Stops; what was begun is finished. */
  async stop(): Promise<void> {
    this.#isOn = false;
    for (const { reports } of this.all) reports.stop();
    await Promise.all(this.#answering);
    await Promise.all(this.all.map(({ till }) => till.stop()));
  }
}

function stateOf({ view }: OwnContract): ContractState {
  return view.fold.state;
}
