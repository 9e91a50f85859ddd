/** What tests of the engine have in common: a world, short loans, and the way to a live one. */
import {
  computeLedger,
  wholeOf,
  type ContractState,
  type OfferDocument,
} from '@realyield/protocol';
import { offerDocuments } from '../world/listings.ts';
import type { SMALL_CAST } from '../world/personas.ts';
import { startWorld, type World } from '../world/world.ts';
import { Player, type PlayerOptions } from './player.ts';
import { until, untilCount } from './until.ts';
import { bulletPlan } from '../fixtures/plans.ts';

/** A short loan: ticks a second or so apart, and days of one second. */
export interface ShortTerms {
  readonly identifier: string;
  readonly ticks: number;
  readonly streamDays?: number;
  readonly windowDays?: number;
  readonly startDay?: number;
  /** What is not as usual. */
  readonly changes?: Partial<OfferDocument>;
}

const DAY_SEC = 1;
/** Longer than any test: what is paid late, on a slow machine or after a fault, has not lapsed. */
const LASTING_DAYS = 900;

/** A world without helpers or fixed ports. */
export function startScene(options: { readonly control?: boolean } = {}): Promise<World> {
  return startWorld({ httpPort: 0, relayPorts: [0, 0], helpers: false, ...options });
}

/** Opens a persona's client. */
export function play(
  world: World,
  id: (typeof SMALL_CAST)[number],
  options?: PlayerOptions,
): Promise<Player> {
  return Player.open(world.households[id], options);
}

/** Lets the bank publish an offer of the bakery with short terms. */
export async function offerShort(
  world: Pick<World, 'personas' | 'relays'>,
  bank: Pick<Player, 'session'>,
  terms: ShortTerms,
): Promise<void> {
  const bakery = world.personas.find(({ id }) => id === 'bakery')?.publicKey ?? '';
  const nowSec = Math.floor(Date.now() / 1_000);
  const [model] = offerDocuments(bakery, world.relays, nowSec, () => ({ type: 'msat' }));
  if (!model) throw new Error('there is no offer to go by');
  const { identifier, ticks, startDay = 4, streamDays = ticks } = terms;
  const windowDays = terms.windowDays ?? (terms.changes?.plan ? 120 : LASTING_DAYS);
  const document: OfferDocument = {
    ...model,
    identifier,
    daySec: DAY_SEC,
    minimumTicketUnits: '10000000',
    minimumTotalUnits: '10000000',
    plan: bulletPlan(startDay + windowDays, 5),
    tranches: [{ shareBps: 10_000, startDay, streamDays, windowDays, ticks }],
    ...terms.changes,
  };
  const published = await bank.session.listings.publishOffer(document);
  if (!published.ok) throw new Error(`the offer was refused: ${published.code}`);
}

/** Invests and returns the contract's id. */
export async function invest(
  investor: Player,
  identifier: string,
  principalUnits: bigint,
): Promise<string> {
  const offer = await investor.offer(identifier);
  const invested = await investor.session.agreements.invest(offer, principalUnits);
  if (!invested.ok) throw new Error(`not invested: ${invested.code} ${invested.detail ?? ''}`);
  return invested.value;
}

/** Business and bank sign; resolves when the investor's client knows. */
export async function countersign(
  root: string,
  players: { readonly investor: Player; readonly bakery: Player; readonly bank: Player },
): Promise<void> {
  for (const player of [players.bakery, players.bank]) {
    await until(`a sound proposal of ${root}`, async () => {
      const proposals = await player.session.agreements.proposals();
      const found = proposals.find(({ contract }) => contract.view.root === root);
      const { business } = found?.contract.view.fold.state.signatures ?? {};
      const isTurn = player === players.bakery || business !== undefined;
      return found !== undefined && found.problem === undefined && isTurn;
    });
    const signed = await player.session.agreements.countersign(root);
    if (!signed.ok) throw new Error(`not signed: ${signed.code} ${signed.detail ?? ''}`);
  }
  await until(
    'an effective contract',
    () => stateOf(players.investor, root)?.status === 'effective',
  );
}

/** A contract's state as a client sees it. */
export function stateOf(player: Player, root: string): ContractState | undefined {
  return player.session.catalog.contract(root)?.fold.state;
}

/** Payments of a leg as a client sees them. */
export function paymentsOf(player: Player, root: string, leg: 'disbursement' | 'repayment') {
  return stateOf(player, root)?.payments.filter((payment) => payment.leg === leg) ?? [];
}

/** Waits until a client sees that many parts of a leg proven. */
export function untilPaid(
  player: Player,
  root: string,
  count: number,
  leg: 'disbursement' | 'repayment' = 'disbursement',
): Promise<void> {
  const paid = (): number => paymentsOf(player, root, leg).length;
  return untilCount(`parts of the ${leg}`, paid, count);
}

/** A contract in force, from an offer of its own. */
export async function startLoan(
  world: World,
  players: { readonly investor: Player; readonly bakery: Player; readonly bank: Player },
  terms: ShortTerms & { readonly principalUnits: bigint },
): Promise<string> {
  await offerShort(world, players.bank, terms);
  const root = await invest(players.investor, terms.identifier, terms.principalUnits);
  await countersign(root, players);
  return root;
}

/** Repays in two halves, and what a day's interest left over, until nothing is owed. */
export async function repayAll(bakery: Player, root: string): Promise<void> {
  const parts = (): number => paymentsOf(bakery, root, 'repayment').length;
  for (let share = 2n; ; share = 1n) {
    const state = stateOf(bakery, root);
    if (!state) throw new Error('the contract is not known');
    const nowSec = Math.floor(Date.now() / 1_000);
    const { payoffUnits } = computeLedger(state.contract.document, state.payments, nowSec);
    if (payoffUnits === 0n) return;
    const whole = wholeOf(state.contract.document.denomination);
    const amountUnits = (payoffUnits / share / whole) * whole;
    const before = parts();
    const ordered = await bakery.session.repayments.repay(
      root,
      amountUnits > 0n ? amountUnits : payoffUnits,
    );
    if (!ordered.ok) throw new Error(`not ordered: ${ordered.code}`);
    await until('the part to be proven', () => parts() > before);
  }
}
