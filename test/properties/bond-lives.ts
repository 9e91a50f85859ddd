/** A bank's bond lived through at random: pledged anew, lent under, ruled on, paid out. */
import {
  buildSpending,
  computeBondPromises,
  payableShareMsat,
  payoutFeeSat,
  planPayout,
  psbtTransaction,
  shareLeftSat,
  shareTakenSat,
  type BondPromises,
  type ContractDocument,
  type DisputeCase,
  type FundedBond,
  type PaidOutDocument,
  type ParsedEvent,
  type Payout,
  type PledgeDocument,
} from '@realyield/protocol';
import fc from 'fast-check';
import { expect } from 'vitest';
import { PledgeBook, type ParsedPledge } from '../../web/lib/engine/bonds/pledge-book.ts';
import { COLLATERAL, pledgeOf } from '../fixtures/bonds.ts';
import { hashOf, publicOf } from '../fixtures/loan.ts';
import { must } from '../fixtures/must.ts';
import { addressOf } from '../fixtures/payouts.ts';

const SAT = 1_000n;
const BANK = publicOf('bank');
const ADDRESS = addressOf('investor');
const OFFERS = ['boats', 'mill', 'oven'] as const;
/** Signed once: how it is signed is no matter here. */
const PLEDGE = pledgeOf();
/** The sum of amounts. */
export const sum = (list: readonly bigint[]): bigint => list.reduce((a, b) => a + b, 0n);

/** Parts of what a bond holds, in thousandths, for the offers in their order. */
const parts = fc.tuple(...OFFERS.map(() => fc.nat({ max: 1_000 })));
const loan = fc.record({
  offer: fc.constantFrom(...OFFERS),
  /** Which of the pledges it pins; none. */
  pins: fc.option(fc.nat({ max: 2 })),
  /** What it says that pledge sets aside, in thousandths of the bond: also what is not so. */
  named: fc.integer({ min: 1, max: 1_500 }),
  lent: fc.integer({ min: 300, max: 1_000 }),
});
const payout = fc.record({
  do: fc.constant('pay' as const),
  /** Which contracts ask, and for how much, in thousandths of the bond. */
  asks: fc.array(fc.tuple(fc.nat({ max: 5 }), fc.integer({ min: 1, max: 2_000 })), {
    minLength: 1,
    maxLength: 8,
  }),
  satPerByte: fc.integer({ min: 1, max: 3 }),
  from: fc.nat({ max: 2 }),
});
const pledging = fc.record({
  do: fc.constant('pledge' as const),
  parts,
  /** The pledge it takes the place of; none: the output is pledged twice. */
  replaces: fc.option(fc.nat({ max: 4 }), { freq: 5 }),
});
/** What happens to a bond. */
export const stories = fc.record({
  valueSat: fc.bigInt({ min: 30_000n, max: 3_000_000n }),
  parts,
  loans: fc.array(loan, { minLength: 1, maxLength: 6 }),
  acts: fc.array(fc.oneof(payout, pledging), { minLength: 1, maxLength: 7 }),
  seed: fc.array(fc.nat(), { minLength: 12, maxLength: 12 }),
});
type Story = typeof stories extends fc.Arbitrary<infer T> ? T : never;

/** Allocations that a pledge of so much may state. */
function allocationsOf(parted: readonly number[], valueSat: bigint): PledgeDocument['allocations'] {
  const all = BigInt(
    Math.max(
      1_000,
      parted.reduce((a, b) => a + b, 0),
    ),
  );
  return OFFERS.flatMap((offer, at) => {
    const each = (valueSat * BigInt(parted[at] ?? 0)) / all;
    return each > 0n ? [{ offer, valueSat: each.toString() }] : [];
  });
}

/** A bank's bond lived through: what was signed, paid and recorded. */
export class Lived {
  readonly events: ParsedEvent[] = [];
  readonly pledges: ParsedPledge[] = [];
  readonly contracts: { readonly root: string; readonly document: ContractDocument }[] = [];
  readonly cases: Pick<DisputeCase, 'outcome'>[] = [];
  readonly paidSat = new Map<string, bigint>();
  readonly valueSat: bigint;
  feesSat = 0n;

  constructor(story: Story) {
    this.valueSat = story.valueSat;
    this.pledge({ outpoint: { txid: hashOf('funding'), vout: 0 } }, story.valueSat, story.parts);
    const loans = [...story.loans.entries()];
    for (const [index, act] of story.acts.entries()) {
      for (const [at, each] of loans) if (at === index) this.#lend(each, at);
      if (act.do === 'pledge') this.#pledgeAnew(act);
      else this.#pay(act);
    }
    for (const [at, each] of loans) if (at >= story.acts.length) this.#lend(each, at);
  }

  /** What is recorded of payouts. */
  get records(): readonly PaidOutDocument[] {
    return this.events.flatMap(({ document, name }) =>
      name === 'dispute' && document.type === 'paidOut' ? [document] : [],
    );
  }

  /** What somebody has read who was sent everything, in an order and with copies of their own. */
  read(seed: readonly number[] = []): PledgeBook {
    const book = new PledgeBook((root) => {
      const found = this.contracts.find((each) => each.root === root);
      return found && String(found.document.bases[0]?.event.content['identifier']);
    });
    const order = [...this.events.entries()].sort(
      ([a], [b]) => (seed[a % 12] ?? a) - (seed[b % 12] ?? b) || (seed[0] ?? 0) - 5 * (a - b),
    );
    for (const [, each] of [...order, ...order.slice(seed.length / 4)]) book.add(each);
    return book;
  }

  pledge(of: Partial<PledgeDocument>, valueSat: bigint, parted: readonly number[]): void {
    const allocations = allocationsOf(parted, valueSat);
    const document = { ...PLEDGE, ...of, valueSat: valueSat.toString(), allocations };
    const id = hashOf(`pledge ${this.pledges.length}`);
    const parsed = { name: 'bond', document, event: { id, pubkey: BANK } } as ParsedPledge;
    this.pledges.push(parsed);
    this.events.push(parsed);
  }

  pick(index: number): ParsedPledge {
    return this.pledges[index % this.pledges.length] as ParsedPledge;
  }

  /** Another pledge of what there is, as the desk makes it. */
  #pledgeAnew({ parts: parted, replaces }: Extract<Story['acts'][number], { do: 'pledge' }>) {
    const [first] = this.pledges as [ParsedPledge];
    const { outpoint, valueSat } = (this.read().find(first.event.id) ?? first).document;
    const before = replaces === null ? {} : { replaces: this.pick(replaces).event.id };
    this.pledge({ outpoint, ...before }, BigInt(valueSat), parted);
  }

  #lend({ lent, named, offer, pins }: Story['loans'][number], index: number): void {
    const allocationSat = ((this.valueSat * BigInt(named)) / 1_000n).toString();
    const content = { identifier: offer, amountSoughtUnits: '1000000' };
    const document = {
      ...{
        network: 'regtest',
        denomination: { type: 'msat' },
        parties: { bank: { pubkey: BANK } },
      },
      principalUnits: (BigInt(lent) * 1_000n).toString(),
      bases: [{ as: 'offer', event: { content } }],
      ...(pins === null ? {} : { bond: { pledge: this.pick(pins).event.id, allocationSat } }),
    } as unknown as ContractDocument;
    this.contracts.push({ root: hashOf(`contract ${index}`), document });
  }

  /** What rulings can still pay a contract out of a pledge, satoshis. */
  leftSat({ document, root }: Lived['contracts'][number], pledge: ParsedPledge): bigint {
    const shareMsat = payableShareMsat(document, pledge);
    return shareMsat === undefined ? 0n : shareLeftSat(shareMsat, root, this.cases);
  }

  #pay({ asks, from, satPerByte }: Extract<Story['acts'][number], { do: 'pay' }>): void {
    const signed = this.pick(from);
    const { outpoint, valueSat } = (this.read().find(signed.event.id) ?? signed).document;
    // The chain takes no output twice: where nothing went back, what is named is spent.
    if (this.records.some(({ spent: { txid } }) => txid === outpoint.txid)) return;
    const bond: FundedBond = {
      ...{ network: 'regtest', script: COLLATERAL, outpoint, valueSat: BigInt(valueSat) },
    };
    const awards = asks.map(([which, part]) => {
      const { root } = this.contracts[which % this.contracts.length] as Lived['contracts'][number];
      const outstandingUnits = this.valueSat * BigInt(part);
      const units = outstandingUnits.toString();
      const award = { contract: root, leg: 'recovery', units, address: ADDRESS } as const;
      const none = { paidUnits: 0n, fromBondUnits: 0n };
      return { award, owedUnits: outstandingUnits, outstandingUnits, ...none };
    });
    const sharesSat = new Map(
      this.contracts.map((each) => [each.root, this.leftSat(each, signed)] as const),
    );
    const feeSat = payoutFeeSat(
      bond,
      awards.map(() => ADDRESS),
      satPerByte,
    );
    const planned = planPayout({ bond, awards, sharesSat, feeSat });
    if (!planned.ok) return;
    this.#record(bond, signed, planned.value);
  }

  #record(bond: FundedBond, pledge: ParsedPledge, { lines, plan }: Payout): void {
    const { outputs, txid } = must(psbtTransaction(must(buildSpending(bond, plan))));
    const paid = lines.map(({ address, valueSat }) => ({ address, valueSat: `${valueSat}` }));
    const changeSat = outputs[paid.length]?.valueSat ?? 0n;
    const allSat = sum(outputs.map(({ valueSat }) => valueSat));
    // Payout, change and fee are what was spent; less than one output's worth goes to the miners.
    const fee = bond.valueSat - allSat;
    expect(fee).toBeGreaterThanOrEqual(plan.feeSat);
    expect(fee).toBeLessThan(plan.feeSat + 330n);
    expect(allSat - changeSat).toBe(sum(lines.map(({ valueSat }) => valueSat)));
    this.feesSat += fee;
    const own = new Map<string, bigint>();
    for (const { award, valueSat } of lines) {
      own.set(award.contract, (own.get(award.contract) ?? 0n) + valueSat);
      this.paidSat.set(award.contract, (this.paidSat.get(award.contract) ?? 0n) + valueSat);
    }
    const awards = [...own].map(([contract, valueSat]) => ({
      award: { contract },
      fromBondUnits: valueSat * SAT,
    }));
    this.cases.push({ outcome: { awards, payouts: [{ feeSat: fee }] } } as never);
    const [contract] = [...own.keys()];
    const holder = pledge.document.holders?.trustee.pubkey ?? '';
    const document = {
      type: 'paidOut',
      ...{ contract, txid, paid, changeSat: changeSat.toString() },
      pledge: { id: pledge.event.id, pubkey: BANK, content: pledge.document },
      spent: { ...bond.outpoint, valueSat: bond.valueSat.toString() },
    } as unknown as PaidOutDocument;
    const event = { id: hashOf(`record ${txid}`), pubkey: holder };
    this.events.push({ name: 'dispute', document, event } as unknown as ParsedEvent);
  }

  /** What is promised of the bond, by what somebody has read. */
  promises(book: PledgeBook, seed: readonly number[] = []): BondPromises {
    const now = book.find(this.pick(0).event.id) ?? this.pick(0);
    const versions = book.versionsOf(now);
    const inForce = versions
      .filter((each) => book.isInForce(each))
      .map((each) => ({
        signed: each.document.allocations,
        left: book.find(each.event.id)?.document.allocations ?? [],
      }));
    const loans = this.contracts.map(({ document, root }) => ({
      ...{ document, root, takenSat: shareTakenSat(root, this.cases) },
    }));
    const order = [...loans.entries()].sort(([a], [b]) => (seed[a] ?? a) - (seed[b] ?? b));
    const given = order.map(([, each]) => each);
    const bond = {
      valueSat: BigInt(now.document.valueSat),
      ...{ inForce, pledges: new Set(versions.map(({ event }) => event.id)) },
    };
    return computeBondPromises(bond, [], [...given, ...given.slice(seed.length / 6)]);
  }
}
