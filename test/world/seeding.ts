/**
 * Gives a new world its past: lets every persona's own engine live through the market's months on
 * one leaping clock. Everything is done by the code a visitor uses (offers, agreements, requests,
 * payments over real channels, receipts, closure); only the time is not the wall's.
 */
import {
  APPOINTEE_ROLES,
  buildArbiterProfile,
  buildAttestation,
  buildSignature,
  type Appointees,
  type PinnedBond,
  type SignedEvent,
} from '@realyield/protocol';
import { Listeners } from '../../web/lib/engine/listeners.ts';
import { createLocalSigner } from '../../web/lib/signer/local-signer.ts';
import { Session } from '../../web/lib/engine/session.ts';
import type { Household } from './household.ts';
import { LeapingClock } from './leaping-clock.ts';
import { bankProfileDocument, offerDocument, YEAR_SEC } from './listings.ts';
import type { AppointeeId } from './appointees.ts';
import { arbiterProfiles } from './arbiters.ts';
import { WINAM_TERMS } from './legal-text.ts';
import { LEGAL } from './legal.ts';
import {
  CHECKED,
  CHECKS,
  LOANS,
  OFFERS,
  winamProfileDocument,
  type MarketOffer,
} from './market.ts';
import type { Oracles } from './oracles.ts';
import { PERSONA_IDS, type PersonaId, type PersonaKey } from './personas.ts';
import { PROFILES } from './profiles.ts';
import { Loan, must, until, type Actor, type Happening } from './seeded-loan.ts';
import { systemClock } from './system-clock.ts';

const DAY_SEC = 86_400;
/** The past ends this long before now: its last messages are written in between. */
const END_SEC = 120;
/** How long before its first offer a bank has a profile and knows its businesses. */
const EARLIER_SEC = 30 * DAY_SEC;

/** What the seeding works with. */
export interface SeedingOptions {
  readonly homeOf: (id: PersonaId) => Household;
  readonly publicKeyOf: (id: PersonaId) => string;
  readonly keyOf: (id: AppointeeId) => PersonaKey;
  readonly relays: readonly string[];
  readonly oracles: Oracles;
  /** What of a bond is set aside for which offer. */
  readonly pinned: ReadonlyMap<string, PinnedBond>;
}

/** A thing done once, at a time. */
function once(atSec: number, act: () => Promise<void>): Happening {
  let isDone = false;
  return {
    nextAtSec: () => (isDone ? undefined : atSec),
    happen: async () => {
      isDone = true;
      await act();
    },
  };
}

class Seeding {
  readonly #options: SeedingOptions;
  readonly #nowSec = systemClock.nowSec();
  readonly #clock: LeapingClock;
  readonly #actors = new Map<PersonaId, Actor>();
  /** Ids of what banks attested, by bank and business. */
  readonly #attested = new Map<string, string>();

  constructor(options: SeedingOptions) {
    this.#options = options;
    const first = Math.max(...OFFERS.map(({ publishedDaysAgo }) => publishedDaysAgo));
    this.#clock = new LeapingClock(this.#nowSec - first * DAY_SEC - EARLIER_SEC);
  }

  async run(): Promise<void> {
    try {
      await Promise.all(PERSONA_IDS.map((id) => this.#wake(id)));
      await this.#introduce();
      const loans = LOANS.map((plan) => {
        const offer = OFFERS.find(({ terms }) => terms.identifier === plan.identifier);
        if (!offer) throw new Error(`Nobody offers ${plan.identifier}.`);
        const [investor, business, bank] = [plan.investor, offer.business, offer.bank].map((id) =>
          this.#actor(id),
        ) as [Actor, Actor, Actor];
        const { oracles } = this.#options;
        const { currency } = offer.terms;
        const pricing = currency && { oracles, denomination: oracles.denomination(currency) };
        return new Loan(plan, { investor, business, bank }, this.#clock, pricing);
      });
      const offers = OFFERS.flatMap((offer) => this.#happeningsOf(offer));
      await this.#live([...offers, ...loans]);
      this.#clock.leapTo(this.#nowSec);
      await until('the last acknowledgements', () => loans.every(({ isQuiet }) => isQuiet));
    } finally {
      await Promise.all([...this.#actors.values()].map((actor) => this.#sleep(actor)));
    }
  }

  /** One thing after the other; what happens at the same time happens together. */
  async #live(happenings: readonly Happening[]): Promise<void> {
    const endSec = this.#nowSec - END_SEC;
    for (;;) {
      const times = happenings.map((happening) => happening.nextAtSec() ?? Infinity);
      const nextSec = Math.min(...times);
      if (nextSec > endSec) return;
      const due = happenings.filter((_, index) => (times[index] ?? Infinity) <= nextSec);
      for (const happening of due) await happening.prepare?.(nextSec);
      this.#clock.leapTo(nextSec);
      await Promise.all(due.map((happening) => happening.happen()));
    }
  }

  #actor(id: PersonaId): Actor {
    const actor = this.#actors.get(id);
    if (!actor) throw new Error(`${id} sleeps.`);
    return actor;
  }

  async #wake(id: PersonaId): Promise<void> {
    // Whatever interrupts the seeding, it is begun anew.
    const parts = this.#options.homeOf(id).openParts('helper', false);
    const { wallet, ...ports } = parts;
    const session = new Session({
      ...ports,
      clock: this.#clock,
      rank: 'helper',
      // Nobody else acts for anybody before the world is open.
      lease: {
        changed: new Listeners(),
        isHeld: true,
        isBeginning: false,
        heldSinceMs: 0,
        start: async () => undefined,
        takeOver: async () => undefined,
        stop: async () => undefined,
      },
      whenAlone: (run) => {
        void run();
        return () => undefined;
      },
    });
    this.#actors.set(id, { session, parts });
    await session.start();
    session.useWallet(wallet);
  }

  async #sleep({ session, parts }: Actor): Promise<void> {
    await session.stop();
    parts.relays.close();
    await parts.store.close();
  }

  /** Banks say who they are, and what they have seen of the businesses they present. */
  async #introduce(): Promise<void> {
    const { relays, publicKeyOf } = this.#options;
    const [bank, winam] = [this.#actor('bank'), this.#actor('winam')];
    must(await bank.session.listings.publishProfile(bankProfileDocument(relays)), 'a profile');
    must(await winam.session.listings.publishProfile(winamProfileDocument(relays)), 'a profile');
    for (const { id, document } of arbiterProfiles(relays)) {
      const signer = createLocalSigner(this.#options.keyOf(id).secretKey);
      const template = buildArbiterProfile(document, this.#clock.nowSec());
      await winam.parts.relays.publish(await signer.sign(template));
    }
    await winam.session.documents.library.add(WINAM_TERMS, 'anyone');
    for (const { business, bank: id } of OFFERS) {
      const { person, relays: links } = this.#actor(id).parts;
      const nowSec = this.#clock.nowSec();
      const document = {
        v: 1 as const,
        subject: publicKeyOf(business),
        matter: 'books',
        statement: CHECKS[business] ?? '',
        checkedAtSec: nowSec,
        checks: [...CHECKED],
        grade: 'B' as const,
        documents: [],
      };
      const event = await person.sign(buildAttestation(document, nowSec));
      await links.publish(event);
      this.#attested.set(`${id} ${business}`, event.id);
    }
  }

  #happeningsOf(offer: MarketOffer): readonly Happening[] {
    const { publishedDaysAgo, ended } = offer;
    const publish = async (status: 'open' | 'closed' | 'withdrawn'): Promise<void> => {
      const { session } = this.#actor(offer.bank);
      const document = this.#document(offer, status);
      const published = must(await session.listings.publishOffer(document), offer.terms.identifier);
      if (status === 'open') await this.#accept(offer, published);
    };
    const published = once(this.#nowSec - publishedDaysAgo * DAY_SEC, () => publish('open'));
    if (!ended) return [published];
    return [published, once(this.#nowSec - ended.daysAgo * DAY_SEC, () => publish(ended.status))];
  }

  /** Those an offer appoints give their word, all but who is asked still. */
  async #accept({ bank, appointed = {}, isAsked }: MarketOffer, offer: SignedEvent): Promise<void> {
    const { relays } = this.#actor(bank).parts;
    for (const role of APPOINTEE_ROLES) {
      const id = appointed[role];
      if (id === undefined || role === isAsked) continue;
      const template = buildSignature(
        { v: 1, type: 'appointment', offer: offer.id, role, prev: [] },
        this.#clock.nowSec(),
      );
      const signer = createLocalSigner(this.#options.keyOf(id).secretKey);
      await relays.publish(await signer.sign(template));
    }
  }

  #appointees({ appointed = {}, silenceDays }: MarketOffer) {
    const named = APPOINTEE_ROLES.flatMap((role) => {
      const id = appointed[role];
      return id === undefined ? [] : [[role, this.#options.keyOf(id).publicKey] as const];
    });
    if (named.length === 0) return {};
    const appointees = Object.fromEntries(named) as Appointees;
    return { appointees, ...(silenceDays === undefined ? {} : { silenceDays }) };
  }

  #document(offer: MarketOffer, status: 'open' | 'closed' | 'withdrawn') {
    const { terms, business, bank, daySec } = offer;
    const profile = PROFILES.find(({ id }) => id === business);
    if (!profile) throw new Error(`Nobody knows ${business}.`);
    const { relays, publicKeyOf, oracles } = this.#options;
    const expiresAtSec = this.#nowSec + YEAR_SEC;
    const publicKey = publicKeyOf(business);
    const document = offerDocument(terms, {
      ...{ profile, publicKey, relays, expiresAtSec, daySec, status },
      legal: LEGAL[bank],
      denominationOf: (currency) => oracles.denomination(currency),
    });
    const id = this.#attested.get(`${bank} ${business}`);
    const attestation = id === undefined ? {} : { attestation: { matter: 'books', id } };
    const bond = offer.isPinned === true ? this.#options.pinned.get(terms.identifier) : undefined;
    return { ...document, ...attestation, ...this.#appointees(offer), ...(bond ? { bond } : {}) };
  }
}

/** Lives through the market's past; resolves when all of it is published. */
export async function seedMarket(options: SeedingOptions): Promise<void> {
  await new Seeding(options).run();
}
