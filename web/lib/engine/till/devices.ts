/**
 * What each device of a bank took at the tills it runs, as its other devices know it: copies from
 * the bank to itself, so that takings outlive the device that took them. Spec: specs/till.md,
 * "Run by the bank".
 */
import type { MessageOf } from '@realyield/protocol';
import { ownContract, type Desk } from '../desk.ts';
import type { Incoming } from '../mailbox.ts';
import { waitAtMost } from '../patience.ts';
import { randomHex } from '../random.ts';
import { drawFirst, isOfLine } from '../serials.ts';
import { copiedSale, copyOf } from './device-copy.ts';
import { contractsOf } from './onward.ts';
import type { TillSale } from './sale.ts';
import type { Till } from './till.ts';

const PREFIX = 'bookcopy|';
const OWN = '|device';
/** How long a relay that is to have a copy is waited for, ms. */
const SENT_MS = 3_000;

/** What one device's copies say. */
export type Copy = MessageOf<'tillCopy'>;
/** A sale that one of them names. */
export type CopiedSale = NonNullable<Copy['sale']>;

/** This device, as it counts at one business's till. */
export interface OwnDevice {
  readonly device: string;
  /** Where its numbers of parts begin, and those of devices it took over from; the last in use. */
  readonly firsts: readonly number[];
  readonly took: readonly string[];
  /** Parts it ordered before it counted so: `CONTRACT|LEG|N`. */
  readonly old: readonly string[];
  /** Another device took over from it. */
  readonly isClosed?: true;
}

/** What is known of another device. */
export interface OtherDevice {
  /** The last copy of what it took. */
  readonly copy: Copy;
  readonly sales: readonly CopiedSale[];
  readonly atSec: number;
}

interface Row {
  readonly copy: Copy;
  readonly atSec: number;
}

/** Whether a part counts as ordered by a device. */
export function isHeld(
  own: Pick<OwnDevice, 'firsts' | 'old'>,
  contract: string,
  leg: string,
  n: number,
): boolean {
  const isOld = own.old.includes(`${contract}|${leg}|${n}`);
  return isOld || own.firsts.some((first) => isOfLine(first, n));
}

/** The row of one's own device at a till. */
export function ownRow(business: string, own: OwnDevice) {
  return { table: 'journal' as const, key: `hosted|${business}${OWN}`, value: own };
}

/** The devices of one bank, by business. */
export class Devices {
  readonly #desk: Desk;
  readonly #told: (business: string, device: string) => void;
  readonly #own = new Map<string, OwnDevice>();
  readonly #rows = new Map<string, Row>();
  readonly #sales = new Map<string, Map<string, CopiedSale>>();
  readonly #copied = new Set<string>();

  /** `told` is called with the business and the device of each copy. */
  constructor(desk: Desk, told: (business: string, device: string) => void) {
    this.#desk = desk;
    this.#told = told;
  }

  /** Reads what is on disk. */
  async load(): Promise<void> {
    for (const { key, value } of await this.#desk.store.all('journal')) {
      if (key.startsWith('hosted|') && key.endsWith(OWN)) {
        this.#own.set(key.slice('hosted|'.length, -OWN.length), value as OwnDevice);
      }
      if (!key.startsWith(PREFIX)) continue;
      const { copy, atSec } = value as Row;
      this.#put(copy, atSec);
    }
  }

  /**
   * Makes this device known at a till. What was ordered on the till's contracts before it counted
   * from a number of its own is its own too.
   */
  async begin(business: string, roots: Iterable<string>): Promise<void> {
    if (this.#own.has(business)) return;
    const legs = ['tillShare', 'takings'] as const;
    const old = [...roots].flatMap((root) =>
      legs.flatMap((leg) =>
        this.#desk.journal.entries(root, leg).map(({ n }) => `${root}|${leg}|${n}`),
      ),
    );
    const own: OwnDevice = { device: randomHex(), firsts: [drawFirst()], took: [], old };
    await this.#desk.store.write([ownRow(business, own)]);
    this.#own.set(business, own);
  }

  /** This device at a till, where it has taken part. */
  known(business: string): OwnDevice | undefined {
    return this.#own.get(business);
  }

  /** Counts as something else from now on: it is on disk. */
  become(business: string, own: OwnDevice): void {
    this.#own.set(business, own);
  }

  /** One other device of those known. */
  other(business: string, device: string): OtherDevice | undefined {
    const row = this.#rows.get(`${business}|${device}`);
    const sales = [...(this.#sales.get(`${business}|${device}`)?.values() ?? [])];
    return row && { ...row, sales };
  }

  /** Other devices that took something at a till and that none has taken over from. */
  others(business: string): readonly OtherDevice[] {
    const copies = [...this.#rows.values()].map(({ copy }) => copy);
    const of = copies.filter((copy) => copy.business === business);
    const own = this.known(business);
    const gone = new Set([own?.device, ...(own?.took ?? []), ...of.flatMap(({ took }) => took)]);
    return of.flatMap(({ device }) =>
      gone.has(device) ? [] : (this.other(business, device) ?? []),
    );
  }

  /** Whether a copy of another device names a sale. */
  names(business: string, sale: string): boolean {
    return [...this.#sales].some(
      ([key, sales]) => key.startsWith(`${business}|`) && sales.has(sale),
    );
  }

  /** Takes in a copy; on disk when this resolves. */
  async receive(copy: Copy, { author, recipient, sentAtSec }: Incoming): Promise<void> {
    // Only who holds the key can have sent it to itself.
    if (author !== recipient || this.known(copy.business)?.device === copy.device) return;
    const { business, device, sale } = copy;
    const key = `${PREFIX}${business}|${device}`;
    const row: Row = { copy, atSec: sentAtSec };
    const { sale: _sale, ...state } = copy;
    const isLater = this.#isLater(copy, sentAtSec);
    await this.#desk.store.write([
      ...(isLater ? [{ table: 'journal' as const, key, value: { ...row, copy: state } }] : []),
      // A copy that was paid is not overtaken by one that was not.
      ...(sale && this.#isNews(copy, sale)
        ? [{ table: 'journal' as const, key: `${key}|${sale.sale}`, value: row }]
        : []),
    ]);
    this.#put(copy, sentAtSec);
    const own = this.known(business);
    // TL-39: "A device that another has taken over from MUST take, pay on and report nothing more
    // at that till…"
    if (own && !own.isClosed && copy.took.includes(own.device)) {
      const closed: OwnDevice = { ...own, isClosed: true };
      await this.#desk.store.write([ownRow(business, closed)]);
      this.#own.set(business, closed);
    }
    this.#told(business, device);
  }

  #isLater({ business, device, step }: Copy, atSec: number): boolean {
    const known = this.#rows.get(`${business}|${device}`);
    if (!known || step > known.copy.step) return true;
    return step === known.copy.step && atSec >= known.atSec;
  }

  #isNews({ business, device }: Copy, sale: CopiedSale): boolean {
    return !this.#sales.get(`${business}|${device}`)?.get(sale.sale)?.paid;
  }

  #put(copy: Copy, atSec: number): void {
    const { business, device, sale } = copy;
    const key = `${business}|${device}`;
    const known = this.#rows.get(key);
    if (this.#isLater(copy, atSec)) {
      this.#rows.set(key, { copy, atSec: Math.max(atSec, known?.atSec ?? 0) });
    }
    if (!sale || !this.#isNews(copy, sale)) return;
    const sales = this.#sales.get(key) ?? new Map<string, CopiedSale>();
    this.#sales.set(key, sales.set(sale.sale, sale));
  }

  /** Sends a copy of a sale that can be paid, once; resolves when a relay has it, or soon. */
  async sendOnce(business: string, till: Till, sale: TillSale): Promise<void> {
    if (this.#copied.has(sale.salt)) return;
    await this.send(business, till, sale);
    this.#copied.add(sale.salt);
  }

  /** Sends a copy of what this device took, and of one sale. */
  async send(business: string, till: Till, sale?: TillSale): Promise<void> {
    const known = this.known(business);
    if (!known || known.isClosed) return;
    const named = sale && copiedSale(sale, till.names);
    const roots = [...(sale?.asked ? [sale.asked.contract] : []), ...contractsOf(till)];
    const contract = roots
      .map((root) => ownContract(this.#desk, root))
      .find((each) => each?.own.money);
    const signer = contract?.own.money;
    if (!contract || !signer) return;
    const { root, fold } = contract.view;
    const about = copyOf(this.#desk, known, till);
    const message: Copy = {
      ...{ v: 1, type: 'tillCopy', contract: root, business, ...about },
      ...(named ? { sale: named } : {}),
    };
    const { relays } = fold.state.contract.document.parties.bank;
    const { mailbox, clock } = this.#desk;
    // TL-37: "…and MUST NOT hand out an invoice before such a copy is on its way…"
    const sent = mailbox.send(message, signer, signer.publicKey, relays);
    await waitAtMost(clock, SENT_MS, sent);
  }
}
