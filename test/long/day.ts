/**
 * Part of `npm run test:long`: 24 hours of 50 streams between two engines on one simulated clock,
 * with scripted wallets. Every tick of every loan has to be paid once, proven and acknowledged, and
 * what is held in memory may grow with the public facts alone: by no more in the second half than
 * in the first, and by little for each payment. DAY_HOURS and DAY_CONTRACTS play less of it.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { planTicks } from '@realyield/protocol';
import { Session } from '../../web/lib/engine/session.ts';
import { createInlineVerifier } from '../../web/lib/nostr/verifier/inline-verifier.ts';
import { loadWasmSignatures } from '../../web/lib/nostr/verifier/load-wasm.ts';
import { createLocalSigner } from '../../web/lib/signer/local-signer.ts';
import { useSignatures } from '../../web/lib/signer/signatures.ts';
import { openSqliteStore } from '../../web/lib/store/sqlite.ts';
import { createLoneLease } from '../fixtures/lease.ts';
import { Loan, offerDocument, secretOf } from '../fixtures/loan.ts';
import { bulletPlan } from '../fixtures/plans.ts';
import { SimLightning, SimWallet } from '../faults/lightning.ts';
import { SimRelay, SimRelays } from '../faults/network.ts';
import { randomOf } from '../faults/random.ts';
import { ProcessClock, Time } from '../faults/time.ts';

const HOURS = Number(process.env['DAY_HOURS'] ?? 24);
const CONTRACTS = Number(process.env['DAY_CONTRACTS'] ?? 50);
/** Ticks a loan pays in a day. */
const TICKS_A_DAY = 48;
const HOUR_MS = 3_600_000;
const URLS = ['ws://127.0.0.1:7001', 'ws://127.0.0.1:7002'];
const GIFT_WRAP = 1_059;
/** Heap for each payment: two engines, the relays’ facts and the scripted wallets’ ledger. */
const MOST_KIB_A_PAYMENT = 32;
/** How much more the second half may take than the first: the noise of a heap. */
const MOST_GROWTH = 1.25;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const signatures = await loadWasmSignatures();
useSignatures(signatures);
const verifier = createInlineVerifier(signatures.verify);

/** Loans of one investor to one business, in force, whose streams begin within the first hour. */
function signLoans(): readonly Loan[] {
  const { business } = offerDocument();
  let previous: string | undefined;
  return Array.from({ length: CONTRACTS }, (_, at) => {
    const tranche = { shareBps: 10_000, startDay: 0, streamDays: 1, windowDays: 30 };
    const loan = new Loan({
      seed: `day ${at}`,
      startAtSec: 1_800_000_000 + at * 60,
      offer: {
        identifier: `day-${at}`,
        daySec: 86_400,
        relays: URLS,
        business: { ...business, relays: URLS },
        tranches: [{ ...tranche, ticks: TICKS_A_DAY }],
        plan: bulletPlan(360, 5),
        expiresAtSec: 1_900_000_000,
      },
      investorRelays: URLS,
      ...(previous === undefined ? {} : { register: { serial: at + 1, previous } }),
    });
    loan.signAll();
    previous = loan.events.at(-1)?.id;
    return loan;
  });
}

/** Two engines, two relays and the wallets between them. */
class Day {
  readonly time: Time;
  readonly lightning: SimLightning;
  readonly investor: Session;
  readonly #relays = URLS.map((url) => new SimRelay(url));
  readonly #random = randomOf(1);
  readonly #stores = [openSqliteStore(':memory:', false), openSqliteStore(':memory:', false)];
  readonly #sessions: Session[] = [];

  constructor(readonly loans: readonly Loan[]) {
    const lastSec = Math.max(...loans.map(({ startAtSec }) => startAtSec));
    this.time = new Time((lastSec + 5) * 1_000);
    this.lightning = new SimLightning(this.time, this.#random, 1);
    const events = loans.flatMap((loan) => loan.events);
    for (const relay of this.#relays) for (const event of events) relay.keep(event);
    this.#open('business', 'incoming');
    this.investor = this.#open('investor', 'outgoing');
  }

  #open(person: 'investor' | 'business', side: 'incoming' | 'outgoing'): Session {
    const store = this.#stores[this.#sessions.length];
    if (!store) throw new Error('there are two');
    const net = { time: this.time, random: this.#random };
    const faults = { loss: 0, repeat: 0, mostDelayMs: 50 };
    const session = new Session({
      person: createLocalSigner(secretOf(person)),
      relays: new SimRelays(this.#relays, { ...net, faults }),
      store,
      verifier,
      clock: new ProcessClock(this.time),
      rank: 'person',
      lease: createLoneLease(),
      whenAlone: (run) => {
        void run();
        return () => undefined;
      },
    });
    this.#sessions.push(session);
    const wallet = new SimWallet(this.lightning, side, {
      answers: [],
      silence: 0,
      canLookUp: true,
    });
    void session.start().then(() => {
      session.useWallet(wallet);
    });
    return session;
  }

  /** Parts proven and acknowledged, as the investor sees it. */
  proven(): number {
    const counts = this.loans.map(({ root }) => {
      const payments = this.investor.catalog.contract(root)?.fold.state.payments ?? [];
      return payments.filter((each) => each.class === 'preimage+acknowledgement').length;
    });
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** What is held, once what nobody needs any more is gone. */
  async weigh() {
    // Both have read their mail by now; relays keep it elsewhere than in this process.
    for (const relay of this.#relays) {
      for (const [id, { kind }] of relay.events) if (kind === GIFT_WRAP) relay.events.delete(id);
    }
    collect();
    const heapMiB = process.memoryUsage().heapUsed / 2 ** 20;
    const rows = await Promise.all(
      this.#stores.flatMap((store) =>
        (['journal', 'events', 'messages', 'settings'] as const).map(
          async (table) => [table, (await store.all(table)).length] as const,
        ),
      ),
    );
    const count = (name: string): number =>
      rows.reduce((sum, [table, length]) => sum + (table === name ? length : 0), 0);
    return {
      paid: this.proven(),
      heapMiB: Math.round(heapMiB * 100) / 100,
      facts: this.#relays[0]?.events.size ?? 0,
      journal: count('journal'),
      events: count('events'),
      messages: count('messages'),
      settings: count('settings'),
    };
  }

  /** What is wrong in the end: parts paid twice or not at all by now. */
  audit(untilSec: number): readonly string[] {
    const settled = [...this.lightning.ledger.values()].filter(({ state }) => state === 'settled');
    const received = new Map<string, number>();
    for (const { description } of settled) {
      received.set(description, (received.get(description) ?? 0) + 1);
    }
    return this.loans.flatMap(({ root, contract }) =>
      planTicks(contract.document).flatMap(({ n, dueAtSec }) => {
        const times = received.get(`Real Yield ${root.slice(0, 12)} disbursement ${n}`) ?? 0;
        const isRight = dueAtSec < untilSec ? times === 1 : times <= 1;
        return isRight ? [] : [`part ${n} of ${root.slice(0, 12)} was paid ${times} times`];
      }),
    );
  }
}

const day = new Day(signLoans());
const startMs = day.time.nowMs;
const startedAtMs = Date.now();
const points: Awaited<ReturnType<Day['weigh']>>[] = [];
for (let hour = 1; hour <= HOURS; hour += 1) {
  await day.time.runUntil(() => false, startMs + hour * HOUR_MS);
  if (hour % Math.max(1, Math.floor(HOURS / 12)) !== 0) continue;
  const point = await day.weigh();
  points.push(point);
  console.log(
    JSON.stringify({ hour, seconds: Math.round((Date.now() - startedAtMs) / 1_000), ...point }),
  );
}
const wrong = [...day.audit(Math.floor(day.time.nowMs / 1_000) - 300)];
const [first, middle, last] = [
  points[0],
  points[Math.floor((points.length - 1) / 2)],
  points.at(-1),
];
if (first && middle && last && last.paid > middle.paid && middle.paid > first.paid) {
  const rate = (from: typeof first, to: typeof first): number =>
    ((to.heapMiB - from.heapMiB) * 1_024) / (to.paid - from.paid);
  const [early, late] = [rate(first, middle), rate(middle, last)];
  console.log(JSON.stringify({ kibAPayment: { early, late } }));
  if (late > MOST_KIB_A_PAYMENT) wrong.push(`${late.toFixed(1)} KiB of heap for each payment`);
  if (late > early * MOST_GROWTH) wrong.push('memory grows faster the longer it runs');
}
for (const sentence of wrong.slice(0, 20)) console.error(sentence);
process.exitCode = wrong.length === 0 ? 0 : 1;
process.exit();
