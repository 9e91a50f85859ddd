/**
 * The bank that runs a business's till, as the till sees it: it makes the invoices and says what
 * was paid, like a wallet. Spec: specs/till.md, "Run by the bank".
 */
import {
  actsFor,
  isBanksTill,
  parseEvent,
  salePaidProblem,
  unembed,
  type ContractState,
  type MessageOf,
  type RejectCode,
  type SaleDocument,
  type Signed,
} from '@realyield/protocol';
import { ownContract, ownContracts, type Desk } from '../desk.ts';
import { Listeners } from '../listeners.ts';
import type { Incoming } from '../mailbox.ts';
import { moneyAddress } from '../parties.ts';
import { isPreimageOf } from '../payment.ts';
import type { PaymentRecord, WalletAnswer } from '../ports.ts';
import { saidOfAll, saleOf, type BankWord, type SaidOfAll } from './bank-word.ts';
import type { TillSale } from './sale.ts';
import { servedWith } from './shares.ts';
import { walletTaker, type SaleTaker } from './takers.ts';
import type { TillTalk } from './talk.ts';

const PREFIX = 'till|bank|';
const EARLY = 'till|early|';
/** So many words of sales under contracts that are not known yet are kept. */
const MOST_EARLY = 500;
/** How long a cashier waits for the bank, and how often it is asked meanwhile, ms. */
const ANSWER_MS = 12_000;
const ASK_AGAIN_MS = 3_000;
/** What may have been paid is asked so often at most, ms: the bank says so by itself. */
const LOOK_AGAIN_MS = 9_000;

const SILENT =
  'The bank that runs this till does not answer. Nobody can pay this sale. Try again in a moment.';

/** What it takes from the till. */
interface PurseParts {
  /** The sale of a name the till gave the bank. */
  readonly find: (sale: string) => TillSale | undefined;
  readonly hear: (record: PaymentRecord) => void;
}

/** What a bank said before this device knew the contract. */
interface Early {
  readonly message: MessageOf<'salePaid'>;
  readonly author: string;
}

type Answer = MessageOf<'saleInvoice' | 'salePaid' | 'saleRefusal'>;

/** The bank behind one business's till. */
export class BankPurse {
  readonly changed = new Listeners<void>();
  readonly #desk: Desk;
  readonly #parts: PurseParts;
  readonly #words = new Map<string, BankWord>();
  readonly #waiting = new Map<string, (answer: Answer) => void>();
  readonly #askedAtMs = new Map<string, number>();
  readonly #early = new Map<string, Early>();
  #latest: BankWord | undefined;

  constructor(desk: Desk, parts: PurseParts) {
    this.#desk = desk;
    this.#parts = parts;
  }

  /** Reads what the bank said before. */
  async load(): Promise<void> {
    for (const { key, value } of await this.#desk.store.all('journal')) {
      if (key.startsWith(PREFIX)) this.#put(key.slice(PREFIX.length), value as BankWord);
      if (key.startsWith(EARLY)) this.#early.set(key, value as Early);
    }
  }

  /** Contracts in effect whose bank runs this till, the first to be asked by first. */
  get all(): readonly ContractState[] {
    const sinceSec = ({ effectiveAtSec = Infinity }: ContractState): number => effectiveAtSec;
    return ownContracts(this.#desk)
      .filter(({ own }) => own.role === 'business' && own.money !== undefined)
      .map(({ view }) => view.fold.state)
      .filter(({ contract: { document }, effectiveAtSec }) => {
        const isBanks = document.tillShare?.runBy === 'bank';
        return isBanks && effectiveAtSec !== undefined && document.denomination.type === 'msat';
      })
      .sort((a, b) => sinceSec(a) - sinceSec(b) || (a.root < b.root ? -1 : 1));
  }

  /** Those of them that take a share now. */
  get contracts(): readonly ContractState[] {
    const nowSec = this.#desk.clock.nowSec();
    return this.all.filter((state) => isBanksTill(state, nowSec));
  }

  /** What the bank said of a sale. */
  wordOf({ salt, paymentHash }: TillSale): BankWord | undefined {
    const word = this.#words.get(salt);
    // Before the till knew its own sales, their hashes were not compared.
    const isOfIt = word?.paymentHash === undefined || word.paymentHash === paymentHash;
    return isOfIt ? word : undefined;
  }

  /** What the bank said of all takings; undefined before it took any. */
  get said(): SaidOfAll | undefined {
    return this.#latest && saidOfAll(this.#latest, this.#words.values());
  }

  /** Sales that other devices of the business asked the bank for; their places are below 0. */
  salesElsewhere(own: readonly TillSale[]): readonly TillSale[] {
    const known = new Set(own.map(({ salt }) => salt));
    return [...this.#words].flatMap(([sale, word], at) =>
      known.has(sale) ? [] : (saleOf(sale, word, at) ?? []),
    );
  }

  /** Who takes a sale that was asked for, or the next. */
  takerOf(sale?: TillSale): SaleTaker | undefined {
    const root = sale ? sale.bank : this.contracts[0]?.root;
    if (root === undefined) return walletTaker(this.#desk.wallet());
    const network = ownContract(this.#desk, root)?.view.fold.state.contract.document.network;
    return {
      bank: root,
      ...(network === undefined ? {} : { network }),
      makeInvoice: (asked, { title }) => this.#makeInvoice(root, asked, title),
      lookup: (asked) => this.#lookup(root, asked),
    };
  }

  async #makeInvoice(
    contract: string,
    sale: TillSale,
    till: string,
  ): Promise<WalletAnswer<{ readonly invoice: string }>> {
    const answer = await this.#ask({ ...wanted(contract, sale), till }, ANSWER_MS);
    if (answer?.type === 'saleInvoice') {
      return { state: 'answered', value: { invoice: answer.invoice } };
    }
    if (answer?.type !== 'saleRefusal') return { state: 'unknown', sentence: SILENT };
    const sentence = answer.sentence || 'The bank makes no invoice for this sale.';
    return { state: 'refused', code: answer.code, sentence };
  }

  async #lookup(
    contract: string,
    sale: TillSale,
  ): Promise<WalletAnswer<PaymentRecord | undefined>> {
    const known = this.wordOf(sale);
    if (known) return { state: 'answered', value: recordOf(sale, known) };
    const nowMs = this.#desk.clock.nowMs();
    const askedAtMs = this.#askedAtMs.get(sale.salt) ?? 0;
    if (nowMs - askedAtMs < LOOK_AGAIN_MS) return { state: 'answered', value: undefined };
    this.#askedAtMs.set(sale.salt, nowMs);
    // TL-34: "A till that has shown an invoice goes on asking what became of it, as it would ask
    // its own wallet, and MUST NOT show another for the same sale…"
    const { paymentHash } = sale;
    const message = { ...wanted(contract, sale), ...(paymentHash ? { paymentHash } : {}) };
    const answer = await this.#ask(message, ASK_AGAIN_MS);
    const word = this.wordOf(sale);
    if (word) return { state: 'answered', value: recordOf(sale, word) };
    return answer ? { state: 'answered', value: undefined } : { state: 'unknown', sentence: '' };
  }

  /** Asks until there is an answer, or time is over. */
  async #ask(message: MessageOf<'saleWanted'>, patienceMs: number): Promise<Answer | undefined> {
    const contract = ownContract(this.#desk, message.contract);
    const signer = contract?.own.money;
    if (!contract || !signer) return undefined;
    const { publicKey, relays } = moneyAddress(contract.view.fold.state, 'bank');
    const { mailbox, clock } = this.#desk;
    const untilMs = clock.nowMs() + patienceMs;
    return new Promise((resolve) => {
      let stop: () => void = () => undefined;
      const end = (answer: Answer | undefined): void => {
        stop();
        if (this.#waiting.get(message.sale) === end) this.#waiting.delete(message.sale);
        resolve(answer);
      };
      const send = (): void => {
        if (clock.nowMs() >= untilMs) {
          end(undefined);
          return;
        }
        mailbox.sendOnce(message, signer, publicKey, relays).catch(() => false);
        stop = clock.after(ASK_AGAIN_MS, send);
      };
      this.#waiting.set(message.sale, end);
      send();
    });
  }

  /** The bank's answer, or its word that a sale was paid. */
  async receive(
    message: Exclude<TillTalk, { type: 'saleWanted' | 'tillCopy' }>,
    { author }: Pick<Incoming, 'author'>,
  ): Promise<void> {
    const contract = ownContract(this.#desk, message.contract);
    const state = contract?.view.fold.state;
    if (message.type === 'salePaid' && state?.effectiveAtSec === undefined) {
      // A new device may read its mail before its contracts, and before the bank's signature.
      await this.#keepEarly({ message, author });
      return;
    }
    if (contract?.own.role !== 'business' || !state || !actsFor(state, author, 'bank')) return;
    if (message.type === 'salePaid') {
      const problem = await this.#learn(state, message);
      // Signed under another contract, perhaps, which this device does not know yet.
      if (problem === 'AUTHOR_ROLE' && !this.#desk.catalog.isListed) {
        await this.#keepEarly({ message, author });
      }
      if (problem) return;
    }
    this.#waiting.get(message.sale)?.(message);
  }

  async #keepEarly(early: Early): Promise<void> {
    if (this.#early.size >= MOST_EARLY) return;
    const { sale, contract } = early.message;
    const key = `${EARLY}${contract}|${sale}`;
    await this.#desk.store.write([{ table: 'journal', key, value: early }]);
    this.#early.set(key, early);
  }

  /** More of a contract is known: takes in what its bank said before it was. */
  async attend(root: string): Promise<void> {
    if (ownContract(this.#desk, root)?.view.fold.state.effectiveAtSec === undefined) return;
    for (const [key, { message, author }] of [...this.#early]) {
      const state = ownContract(this.#desk, message.contract)?.view.fold.state;
      if (state?.effectiveAtSec === undefined || !this.#early.delete(key)) continue;
      await this.receive(message, { author });
      if (!this.#early.has(key)) {
        await this.#desk.store.write([{ table: 'journal', key, remove: true }]);
      }
    }
  }

  /** Takes in the bank's word; yields why it is not taken. */
  async #learn(
    state: ContractState,
    message: MessageOf<'salePaid'>,
  ): Promise<RejectCode | undefined> {
    const sale = this.#parts.find(message.sale);
    const signed = await this.#receiptOf(message);
    if (sale && sale.bank !== state.root) return 'CONTRACT_UNKNOWN';
    if (!signed) return 'EVENT_SHAPE';
    const { preimage, paymentHash, settledAtSec, shares, takenMsat, merchantsMsat } = message;
    // Asked for by another device of the business: it is listed, and nothing handed out for it.
    const asked = { paymentHash: sale ? sale.paymentHash : paymentHash };
    const problem = salePaidProblem(servedWith(this.#desk, state), message, asked, signed);
    if (problem) return problem.code;
    if (preimage !== undefined && !isPreimageOf(preimage, paymentHash)) return 'PREIMAGE_MISMATCH';
    const { till, serial, msat } = signed.document;
    const word: BankWord = {
      ...{ receipt: signed.event, till, serial, msat, settledAtSec, shares },
      ...{ takenMsat, merchantsMsat, contract: state.root, paymentHash },
      ...(preimage === undefined ? {} : { preimage }),
    };
    const key = `${PREFIX}${message.sale}`;
    await this.#desk.store.write([{ table: 'journal', key, value: word }]);
    this.#put(message.sale, word);
    if (sale) this.#parts.hear(recordOf(sale, word));
    this.changed.emit();
    return undefined;
  }

  async #receiptOf({ receipt }: MessageOf<'salePaid'>): Promise<Signed<SaleDocument> | undefined> {
    const [verified] = await this.#desk.verifier.verifyBatch([unembed(receipt)]);
    const parsed = verified?.ok ? parseEvent(verified.value) : undefined;
    if (!parsed?.ok || parsed.value.name !== 'sales') return undefined;
    const { event, document } = parsed.value;
    return document.type === 'sale' ? { event, document } : undefined;
  }

  #put(sale: string, word: BankWord): void {
    this.#words.set(sale, word);
    const isLater = BigInt(word.takenMsat) >= BigInt(this.#latest?.takenMsat ?? 0);
    if (isLater) this.#latest = word;
  }
}

function wanted(contract: string, sale: TillSale): MessageOf<'saleWanted'> {
  const { salt, amountMsat: msat, priced } = sale;
  const about = { v: 1, type: 'saleWanted', contract, sale: salt, till: '', msat } as const;
  return priced ? { ...about, priced } : about;
}

/** What the bank said, as a wallet would say it. */
function recordOf({ paymentHash = '' }: TillSale, word: BankWord): PaymentRecord {
  const { msat, preimage, settledAtSec } = word;
  return {
    ...{ state: 'settled', direction: 'incoming', paymentHash, preimage, settledAtSec },
    ...{ amountMsat: BigInt(msat), feesPaidMsat: 0n },
  };
}
