/**
 * What a bank answers the tills it runs: invoices, and what became of sales. Spec: specs/till.md,
 * "Messages".
 */
import {
  isSaleAmount,
  mayAskForSale,
  merchantsMsat,
  type ContractState,
  type MessageOf,
} from '@realyield/protocol';
import { embedOwn, ownContract, type Desk, type OwnContract } from '../desk.ts';
import type { Incoming } from '../mailbox.ts';
import { isListed } from '../ticks-due.ts';
import type { Devices } from './devices.ts';
import type { HostedTill } from './hosted-tills.ts';
import { isPaid, Receipts } from './receipts.ts';
import type { TillSale } from './sale.ts';
import { hostedBusiness, hostedFor } from './shares.ts';
import type { Till } from './till.ts';

/** So many sales of one business may wait to be paid. */
const MOST_WAITING = 100;

type Wanted = MessageOf<'saleWanted'>;
type Code = MessageOf<'saleRefusal'>['code'];

const SENTENCES: Readonly<Record<Code, string>> = {
  notServed: 'The bank runs no till for a loan that takes a share of sales now.',
  wrongAmount: 'A sale at this till is of 1 to 100 000 000 whole sats.',
  tooMany: 'Too many sales wait to be paid. Ask again when some are paid or have run out.',
  unknownSale: 'This device of the bank did not make that invoice.',
  walletUnavailable: 'The bank’s wallet is not answering.',
};

/** The answers of one bank. */
export class HostedAnswers {
  readonly #desk: Desk;
  readonly #devices: Devices;
  readonly #tillOf: (business: string) => Promise<HostedTill>;
  readonly #receipts: Receipts;
  readonly #asking = new Set<string>();
  readonly #answering = new Set<Promise<void>>();
  #isStopped = false;

  constructor(desk: Desk, devices: Devices, tillOf: (business: string) => Promise<HostedTill>) {
    this.#desk = desk;
    this.#devices = devices;
    this.#tillOf = tillOf;
    this.#receipts = new Receipts(desk);
  }

  /** Deals with a till's question, one at a time. */
  answer(message: Wanted, { author }: Pick<Incoming, 'author'>): void {
    const contract = ownContract(this.#desk, message.contract);
    const business = contract && hostedBusiness(contract);
    const nowSec = this.#desk.clock.nowSec();
    const isTheirs = contract && mayAskForSale(stateOf(contract), author, nowSec);
    // One at a time: the question is repeated while the wallet makes the invoice.
    // TL-39: "A device that another has taken over from MUST take, pay on and report nothing more
    // at that till…"
    const isOff = this.#isStopped || business === undefined || this.#isClosed(business);
    if (isOff || !isTheirs || this.#asking.has(message.sale)) return;
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
      await this.#devices.sendOnce(business, till, known);
      await this.tell(business, till.sale(known.order) ?? known, author);
    } else if (message.paymentHash !== undefined) {
      // TL-33: "Asked with a `paymentHash` the bank MUST make no invoice; where it does not know
      // the sale it answers `unknownSale`…"
      await this.#refuse(message, author, 'unknownSale');
    } else if (this.#mayMake(message, business)) await this.#ask(message, author, business, till);
  }

  /** Whether, as far as is known, no other device of the bank made an invoice for a sale. */
  #mayMake({ contract, sale }: Wanted, business: string): boolean {
    const own = ownContract(this.#desk, contract);
    // TL-30: "…A device MUST make no invoice before it has heard all that relays have of its own
    // mail, and none for a sale that a copy of another device names…"
    const isHeard = own !== undefined && isListed(this.#desk, own);
    return isHeard && !this.#devices.names(business, sale);
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
    if (asked.ok) {
      await this.#devices.sendOnce(business, till, asked.sale);
      await this.tell(business, asked.sale, key);
    } else await this.#refuse(message, key, 'walletUnavailable', asked.sentence);
  }

  /** Says what became of a sale to whoever asked for it. */
  async tell(business: string, sale: TillSale, to = sale.asked?.key ?? ''): Promise<void> {
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

  #isClosed(business: string): boolean {
    return this.#devices.known(business)?.isClosed === true;
  }

  /** Answers no more; what was begun is finished. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#answering);
  }
}

function stateOf({ view }: OwnContract): ContractState {
  return view.fold.state;
}
