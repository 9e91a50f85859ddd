/**
 * A loan repaid at the till its bank runs, by clicking: two investors lend, customers pay over
 * Lightning while wallets are restarted, an instalment is missed, the bank declares default, the
 * recovery share applies until nothing is late. Every share is what the specification says, to the
 * millisatoshi, by a second reader and by the wallets' own ledgers.
 * `TILL_SALES=50` is the whole of it, from the business's application on: `npm run test:long till`.
 */
import { expect, test, type Page } from '@playwright/test';
import { STANDS_MS } from '../engine/until.ts';
import { APPLIED_FOR, fromApplicationToOffer } from './applying.ts';
import {
  charge,
  fillTillTerms,
  openTill,
  payAndSee,
  sharesDue,
  takingsDue,
  TILL_TERMS,
  together,
  type Customer,
  type Phase,
} from './counter.ts';
import { contractFacts } from './facts.ts';
import { balances, checkLedgers, type LedgerSale } from './ledgers.ts';
import {
  become,
  countersign,
  invest,
  openContract,
  OWN_OFFER,
  publishOffer,
  ready,
  type Person,
} from './people.ts';
import { openWallet } from './purse.ts';
import { startWorldProcess, type WorldProcess } from './world-process.ts';

const SALES = Number(process.env['TILL_SALES'] ?? '5');
const IS_WHOLE = SALES >= 50;
/** The first instalment, in days of two seconds: what is paid out later is not of it. */
const FIRST_DAY = IS_WHOLE ? 60 : 30;
const LENT = { ana: 60_000n, ben: 30_000n } as const;
const BANK = 'Banco Comunal';
/** Half of the first is less than is late, half of the second more. */
const RECOVERING = [20_011n, 80_003n] as const;
/** A share that a restart cut off is not paid again before it can no longer arrive. */
const PATIENTLY = { timeout: STANDS_MS } as const;

let world: WorldProcess;

test.beforeAll(async () => {
  world = await startWorldProcess(['--no-helpers']);
});

test.afterAll(async () => {
  await world.stop();
});

/** The amount of a sale by its number: none is round. */
const amountOf = (number: number): bigint => 1_237n + ((BigInt(number) * 613n) % 4_001n);

async function restart(...personas: readonly string[]): Promise<void> {
  for (const persona of personas) await world.control({ do: 'restartWallet', persona });
}

async function movedMsat(roots: readonly string[], leg: 'tillShare' | 'takings'): Promise<bigint> {
  const facts = await Promise.all(roots.map((root) => contractFacts(world, root)));
  return facts
    .flatMap(({ fold }) => fold.state.payments.filter((payment) => payment.leg === leg))
    .reduce((sum, { amountMsat }) => sum + amountMsat, 0n);
}

/** The bank gives a notice on each of the two late loans, from its desk. */
async function notify({ page }: Person, step: RegExp, button: string, act: string): Promise<void> {
  for (let left = 2; left > 0; left -= 1) {
    await page.goto('/desk');
    await ready(page);
    await page.getByRole('link', { name: step }).first().click(PATIENTLY);
    await page.getByRole('button', { name: button }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Statement').fill('The instalment was not paid.');
    await dialog.getByRole('button', { name: act }).click();
    await expect(dialog).toBeHidden();
  }
}

/** Who is in it, and what was sold until now. */
class Street {
  readonly agreed: bigint[] = [];
  readonly recovering: bigint[] = [];
  readonly sales: LedgerSale[] = [];
  readonly roots = { ana: '', ben: '' };
  readonly #till: Page;
  readonly #customers: readonly Customer[];
  #asked = 0;

  constructor(till: Page, customers: readonly Customer[]) {
    this.#till = till;
    this.#customers = customers;
  }

  get lenders() {
    const ids = ['ana', 'ben'] as const;
    return ids.map((id) => ({ root: this.roots[id], principalMsat: LENT[id] * 1_000n }));
  }

  get phases(): readonly Phase[] {
    return [
      { bps: TILL_TERMS.shareBps, sales: this.agreed },
      { bps: TILL_TERMS.recoveryBps, sales: this.recovering },
    ];
  }

  /** The next customer, and that they are asked for an amount at the rate that applies. */
  #next(sats: bigint, sold: bigint[]): { readonly customer: Customer; readonly sats: bigint } {
    const customer = this.#customers[this.#asked % this.#customers.length];
    if (!customer) throw new Error('there is no customer');
    this.#asked += 1;
    sold.push(sats);
    this.sales.push({ from: customer.id, to: 'bank', amountMsat: sats * 1_000n });
    return { customer, sats };
  }

  /** One sale, from the keypad to Paid and back to the keypad. */
  async sell(amount: bigint, sold: bigint[] = this.agreed): Promise<void> {
    const { customer, sats } = this.#next(amount, sold);
    await payAndSee(this.#till, customer, await charge(this.#till, sats));
  }

  /** Five sales: two after each other, three at once while wallets are restarted. */
  async sellFive(wallets: readonly string[]): Promise<void> {
    for (let left = 2; left > 0; left -= 1) await this.sell(amountOf(this.#asked));
    const sales = [0, 1, 2].map(() => this.#next(amountOf(this.#asked), this.agreed));
    await together(this.#till, sales, () => restart(...wallets));
  }
}

/** Two investors lend, and it is paid out. */
async function lend(street: Street, people: Record<'bank' | 'bakery' | 'ana' | 'ben', Person>) {
  const { bank, bakery, ana, ben } = people;
  const terms = (page: Page) => fillTillTerms(page, FIRST_DAY);
  if (IS_WHOLE) await fromApplicationToOffer(world, people, terms);
  else await publishOffer(bank, terms);
  const offer = IS_WHOLE ? APPLIED_FOR : OWN_OFFER;
  street.roots.ana = await invest(ana, `${LENT.ana}`, offer);
  street.roots.ben = await invest(ben, `${LENT.ben}`, offer);
  for (const root of Object.values(street.roots)) {
    await countersign(bakery, root);
    await countersign(bank, root);
  }
  await openTill(bakery.page, BANK);
  for (const root of Object.values(street.roots)) {
    const isPaidOut = async (): Promise<boolean> => {
      const { payments } = (await contractFacts(world, root)).fold.state;
      return payments.filter(({ leg }) => leg === 'disbursement').length === 2;
    };
    await expect.poll(isPaidOut, PATIENTLY).toBe(true);
  }
}

/** Default, and the recovery share until nothing is late. */
async function recover(street: Street, { bank, bakery, ana }: Record<string, Person>) {
  if (!bank || !bakery || !ana) throw new Error('somebody is not at home');
  await notify(bank, /send arrears notice/, 'Send an arrears notice', 'Sign and send');
  await notify(bank, /declare default/, 'Declare default', 'Sign and declare default');
  const [recovery, agreed] = [/Recovery: 50\s% of each sale/, /5\s% of each sale repays the loan/];
  await expect(bakery.page.getByText(recovery)).toBeVisible();
  await openContract(ana, street.roots.ana);
  await expect(ana.page.getByText('The recovery share applies.')).toBeVisible();
  await street.sell(RECOVERING[0], street.recovering);
  await expect(bakery.page.getByText(recovery)).toBeVisible();
  await restart('bank');
  await street.sell(RECOVERING[1], street.recovering);
  await expect(bakery.page.getByText(agreed)).toBeVisible(PATIENTLY);
  await expect(ana.page.getByText('of each sale for the whole loan, as agreed.')).toBeVisible();
  await street.sell(7_019n);
}

test('sales repay a loan to the millisatoshi, through default to cure', async ({ browser }) => {
  test.setTimeout(IS_WHOLE ? 900_000 : 600_000);
  const before = await balances(world);
  const people = {
    bank: await become(browser, world.url, BANK),
    bakery: await become(browser, world.url, 'Panadería Luz'),
    ana: await become(browser, world.url, 'Ana Morales'),
    ben: await become(browser, world.url, 'Ben Okafor'),
  };
  const customers = await Promise.all(
    ['ana', 'ben'].map(async (id) => ({ id, wallet: await openWallet(world, id) })),
  );
  const street = new Street(people.bakery.page, customers);
  await lend(street, people);
  await people.bakery.page.setViewportSize({ width: 390, height: 844 });
  // The wallet that takes the sales, and those that are paid out of them, in turn.
  const wallets = [['bank'], ['bakery', 'ana'], ['ben'], ['bank', 'bakery']];
  for (let round = 0; street.agreed.length < SALES; round += 1) {
    await street.sellFive(wallets[round % wallets.length] ?? []);
  }
  await recover(street, people);

  const { lenders, phases } = street;
  for (const [root, msat] of sharesDue(lenders, phases)) {
    await expect.poll(() => movedMsat([root], 'tillShare'), PATIENTLY).toBe(msat);
  }
  const roots = lenders.map(({ root }) => root);
  const takings = takingsDue(lenders, phases);
  await expect.poll(() => movedMsat(roots, 'takings'), PATIENTLY).toBe(takings);

  // The bank reports; an investor reads there what she can add up.
  await people.bank.page.goto('/desk');
  await ready(people.bank.page);
  await people.bank.page.getByRole('button', { name: 'Report now' }).click();
  const takenSat = street.sales.reduce((sum, { amountMsat }) => sum + amountMsat, 0n) / 1_000n;
  const spaced = `${takenSat}`.replace(/\B(?=(\d{3})+$)/g, '\\s');
  const { page } = people.ana;
  await expect(
    page.getByText(new RegExp(`Sales the bank has reported\\s*${spaced}\\s`)),
  ).toBeVisible();

  for (const { wallet } of customers) wallet.close();
  const contracts = Object.entries(street.roots).map(([investor, root]) => ({ root, investor }));
  await checkLedgers(world, contracts, before, street.sales);
});
