/**
 * What a till took in a period, told to whoever lent: totals, serials and the root of its sales,
 * never a customer or a single sale. Spec: specs/till.md, "Reports".
 */
import {
  buildSales,
  pathTo,
  treeTotals,
  type SaleProof,
  type SalesReport,
  type SignedEvent,
} from '@realyield/protocol';
import type { Desk } from '../desk.ts';
import { contractRelays } from '../parties.ts';
import type { TillCopies } from './copies.ts';
import { isPaid, leafOfSale, type PaidTillSale } from './receipts.ts';
import type { Till } from './till.ts';
import type { TillName } from './till-book.ts';

const PREFIX = 'till|report|';
const FIRST = '0'.repeat(64);
/** How often it is seen whether a day is over, ms. */
const DAY_LOOK_MS = 60_000;

/** The first second of the merchant's day, Unix seconds. */
export function dayStartSec(atSec: number): number {
  const day = new Date(atSec * 1_000);
  day.setHours(0, 0, 0, 0);
  return Math.floor(day.getTime() / 1_000);
}

/** A report as the till keeps it. */
export interface KeptReport {
  readonly till: string;
  /** Its place among the reports under that name, from 1. */
  readonly place: number;
  readonly event: SignedEvent;
  readonly report: SalesReport;
}

/** What of a name's sales is not reported yet. */
export interface Unreported {
  readonly name: TillName;
  readonly sales: readonly PaidTillSale[];
}

/** The reports of a till. */
export class SalesReports {
  readonly #desk: Desk;
  readonly #till: Till;
  readonly #copies: Pick<TillCopies, 'publish'> | undefined;
  readonly #prefix: string;
  #stopDays: () => void = () => undefined;
  #kept: readonly KeptReport[] = [];
  #working: Promise<string | undefined> | undefined;

  constructor(desk: Desk, till: Till, copies?: Pick<TillCopies, 'publish'>, scope = '') {
    this.#desk = desk;
    this.#till = till;
    this.#copies = copies;
    this.#prefix = `${scope}${PREFIX}`;
  }

  /** Reads what was reported; before anything is sold. */
  async load(): Promise<void> {
    const rows = await this.#desk.store.all('journal');
    this.#kept = rows
      .filter(({ key }) => key.startsWith(this.#prefix))
      .map(({ value }) => value as KeptReport);
    for (const { report } of this.#kept) this.#till.sellFrom(report.toSec);
  }

  /** Takes up reports that a device published from which this one has taken over. */
  async learn(): Promise<void> {
    const known = new Set(this.#kept.map(({ event }) => event.id));
    const found = new Map<string, KeptReport>();
    for (const { till, contracts } of this.#till.names) {
      for (const parsed of contracts.flatMap((root) => this.#desk.catalog.eventsOf(root))) {
        if (parsed.name !== 'sales' || parsed.document.type !== 'salesReport') continue;
        const { event, document: report } = parsed;
        if (report.till !== till || known.has(event.id)) continue;
        const tags = event.tags.map((tag) => [...tag]);
        // By its serials: they rise from report to report.
        found.set(event.id, { till, place: report.firstSerial, event: { ...event, tags }, report });
      }
    }
    await this.#desk.store.write(
      [...found.values()].map((value) => {
        const key = `${this.#prefix}${value.till}|${value.place}`;
        return { table: 'journal' as const, key, value };
      }),
    );
    this.#kept = [...this.#kept, ...found.values()];
  }

  /** All reports, in no order. */
  get all(): readonly KeptReport[] {
    return this.#kept;
  }

  /** Sales that somebody who lent is yet to be told of, by the names they were made under. */
  get unreported(): readonly Unreported[] {
    const paid = this.#till.sales.filter(isPaid);
    return this.#till.names
      .filter(({ contracts }) => contracts.length > 0)
      .flatMap((name) => {
        const from = this.#lastOf(name)?.report;
        const next = from ? from.firstSerial + from.count : 1;
        const sales = paid
          .filter(({ paid: { till, serial } }) => till === name.till && serial >= next)
          .sort((a, b) => a.paid.serial - b.paid.serial)
          // What a lost device took may lack a sale: a report has serials without a gap.
          .filter(({ paid }, at, [first]) => paid.serial === (first?.paid.serial ?? 0) + at);
        return sales.length === 0 ? [] : [{ name, sales }];
      });
  }

  /** What shows that a sale is in its report; undefined while it is not reported. */
  proofOf({ paid }: PaidTillSale): SaleProof | undefined {
    const { till, serial } = paid;
    const name = this.#till.names.find((each) => each.till === till);
    const kept = this.#kept.find(
      ({ till: of, report: { firstSerial, count } }) =>
        of === till && serial >= firstSerial && serial < firstSerial + count,
    );
    if (!name || !kept) return undefined;
    const { firstSerial, count } = kept.report;
    const leaves = this.#till.sales
      .filter(isPaid)
      .filter(({ paid: each }) => each.till === till && each.serial >= firstSerial)
      .sort((a, b) => a.paid.serial - b.paid.serial)
      .slice(0, count)
      .map((sale) => leafOfSale(sale, name));
    const place = serial - firstSerial;
    const leaf = leaves[place];
    return leaf && { leaf, path: pathTo(place, leaves) };
  }

  /** Reports every sale made until now; yields why that cannot be, in words. */
  reportAll(): Promise<string | undefined> {
    const times = this.unreported.flatMap(({ sales }) => sales.map(({ paid }) => paid.atSec));
    return this.report(Math.max(this.#desk.clock.nowSec(), ...times) + 1);
  }

  /** Reports every sale made before a time; yields why that cannot be, in words. */
  report(toSec: number): Promise<string | undefined> {
    this.#working ??= this.#report(toSec).finally(() => {
      this.#working = undefined;
    });
    return this.#working;
  }

  /** Reports every day by itself once it is over, and tells; until `stop`. */
  followDays(tell: () => void): void {
    this.#stopDays();
    const { clock } = this.#desk;
    const todaySec = dayStartSec(clock.nowSec());
    const isOver = this.unreported.some(({ sales }) =>
      sales.some(({ paid }) => paid.atSec < todaySec),
    );
    if (isOver) void this.report(todaySec).then(tell);
    this.#stopDays = clock.after(DAY_LOOK_MS, () => this.followDays(tell));
  }

  /** Reports nothing more by itself. */
  stop(): void {
    this.#stopDays();
  }

  async #report(toSec: number): Promise<string | undefined> {
    // What is sold from now on is not of the period, even if the clock is set back.
    this.#till.sellFrom(toSec);
    try {
      for (const { name, sales } of this.unreported) {
        await this.#publish(
          name,
          sales.filter(({ paid }) => paid.atSec < toSec),
          toSec,
        );
      }
    } catch (error) {
      return error instanceof Error ? error.message : 'The report was not signed.';
    }
    return undefined;
  }

  async #publish(name: TillName, sales: readonly PaidTillSale[], toSec: number): Promise<void> {
    const [first] = sales;
    if (!first) return;
    const last = this.#lastOf(name);
    const { count, msat, units, root } = treeTotals(sales.map((sale) => leafOfSale(sale, name)));
    const report: SalesReport = {
      ...{ v: 1, type: 'salesReport', till: name.till, contracts: [...name.contracts] },
      ...{ fromSec: last?.report.toSec ?? name.sinceSec, toSec },
      ...{ firstSerial: first.paid.serial, count, totalMsat: msat.toString() },
      ...(name.currency ? { priced: { ...name.currency, units: units.toString() } } : {}),
      ...{ root, previous: last?.event.id ?? FIRST },
    };
    const nowSec = Math.max(this.#desk.clock.nowSec(), toSec);
    const event = await this.#desk.person.sign(buildSales(report, nowSec));
    const parcel = this.#desk.outbox.entry(event, this.#urlsOf(name));
    const kept = { till: name.till, place: (last?.place ?? 0) + 1, event, report };
    const key = `${this.#prefix}${name.till}|${kept.place}`;
    // Kept and on its way at once: no sale is reported twice, and none is left out.
    await this.#desk.store.write([{ table: 'journal', key, value: kept }, parcel]);
    this.#kept = [...this.#kept, kept];
    await this.#desk.catalog.add([event], 'this device');
    void this.#desk.outbox.push(parcel);
    await this.#copies?.publish(name, sales);
  }

  #lastOf({ till }: TillName): KeptReport | undefined {
    const own = this.#kept.filter((each) => each.till === till);
    return own.sort((a, b) => a.place - b.place).at(-1);
  }

  #urlsOf({ contracts }: TillName): readonly string[] {
    const urls = contracts.flatMap((root) => {
      const state = this.#desk.catalog.contract(root)?.fold.state;
      return state ? contractRelays(state) : [];
    });
    return [...new Set([...urls, ...this.#desk.relays.writeUrls])];
  }
}
