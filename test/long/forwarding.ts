/**
 * Part of `npm run test:long`: payments that a bank passes on over real Lightning, while each of
 * the three parties dies before and after every step that it writes down: the payer asking, paying
 * and proving, the payee handing out its request and acknowledging, the bank between. Each death
 * has a loan of its own. Then every part was received once, and nobody is short by a msat.
 *
 * Last, the bank stays away past the settle deadline after it has paid a payee: the payer has its
 * money back, the payee keeps its own, the part is paid, and the bank bears the net amount, as
 * specs/forwarding.md says. KILL=n plays one death alone, KILL=n-m those, KILL=deadline the last.
 */
import { mostForwardingFeeMsat } from '@realyield/protocol';
import type { StoreWrite } from '../../web/lib/engine/ports.ts';
import { createDoomed, isStep, type Doom } from '../engine/mortal.ts';
import { Player } from '../engine/player.ts';
import { countersign, invest, offerShort, paymentsOf, startScene } from '../engine/scene.ts';
import { until } from '../engine/until.ts';
import { FORWARDING } from '../fixtures/forwarding.ts';
import { bulletPlan, NO_FEES } from '../fixtures/plans.ts';
import type { World } from '../world/world.ts';

const PEOPLE = ['ana', 'bakery', 'bank'] as const;
type Who = (typeof PEOPLE)[number];

const TICKS = 2;
const PRINCIPAL_MSAT = 20_000_000n;
const MOMENT_MS = 120_000;
const PATIENCE_MS = 600_000;
const ACKNOWLEDGEMENT = 2_814;

/** One death: who, at which write of its own, on which side of it. */
interface Death extends Pick<Doom, 'isMoment' | 'side'> {
  readonly who: Who;
  readonly step: string;
}

function writes(who: Who, step: string, isMoment: Doom['isMoment']): readonly Death[] {
  return (['before', 'after'] as const).map((side) => ({ who, step, side, isMoment }));
}

const isOf =
  (table: StoreWrite['table'], prefix: string) =>
  (change: StoreWrite): boolean =>
    change.table === table && change.key.startsWith(prefix);
const isAcknowledgement = (change: StoreWrite): boolean =>
  change.table === 'events' &&
  'value' in change &&
  (change.value as { readonly kind: number }).kind === ACKNOWLEDGEMENT;

const DEATHS: readonly Death[] = [
  ...['wanted', 'checked', 'sending', 'paid', 'receipted'].flatMap((step) =>
    writes('ana', step, (change) => isStep(change, 'part', step)),
  ),
  ...writes('bakery', 'request', isOf('journal', 'request|')),
  ...writes('bakery', 'acknowledgement', isAcknowledgement),
  ...['ordered', 'made', 'offered', 'paying', 'paid', 'settled'].flatMap((step) =>
    writes('bank', step, (change) => isStep(change, 'forward', step)),
  ),
];

/** Three clients, each of which can be told where to die, and comes back on its own disk. */
class Three {
  readonly world: World;
  readonly #players = new Map<Who, Player>();
  #doom: (Doom & { readonly who: Who }) | undefined;

  constructor(world: World) {
    this.world = world;
  }

  async open(who: Who): Promise<void> {
    const doomed = createDoomed(() => (this.#doom?.who === who ? this.#doom : undefined));
    const { alter, clock } = doomed;
    this.#players.set(
      who,
      await Player.open(this.world.households[who], { device: who, alter, clock }),
    );
  }

  of(who: Who): Player {
    const player = this.#players.get(who);
    if (!player) throw new Error(`${who} is not there`);
    return player;
  }

  /** A loan in force whose payments the bank passes on; nothing is paid of it yet. */
  async lend(identifier: string): Promise<string> {
    const changes = {
      minimumTicketUnits: '1000000',
      minimumTotalUnits: '1000000',
      fees: { ...NO_FEES, forwarding: FORWARDING },
      plan: bulletPlan(7_200),
    };
    const terms = { identifier, ticks: TICKS, streamDays: 1, windowDays: 7_000, changes };
    await offerShort(this.world, this.of('bank'), terms);
    const investor = this.of('ana');
    const root = await invest(investor, identifier, PRINCIPAL_MSAT);
    await investor.session.setPaused(root, true);
    await countersign(root, { investor, bakery: this.of('bakery'), bank: this.of('bank') });
    return root;
  }

  /** Lets a loan stream until somebody has died of it. */
  async die(root: string, { who, step, side, isMoment }: Death): Promise<void> {
    let isDead = false;
    const onDeath = (): void => {
      isDead = true;
      this.#doom = undefined;
      this.#players.delete(who);
    };
    const isOfLoan = (change: StoreWrite): boolean =>
      'value' in change && change.contract === root && isMoment(change);
    this.#doom = { who, side, isMoment: isOfLoan, onDeath };
    await this.of('ana').session.setPaused(root, false);
    try {
      await until(`${who} to die ${side} ${step}`, () => isDead, MOMENT_MS);
    } finally {
      this.#doom = undefined;
    }
  }

  balances(): Readonly<Record<Who, bigint>> {
    const msat = (who: Who): bigint => this.world.lightning.of(who).node.balanceMsat();
    return { ana: msat('ana'), bakery: msat('bakery'), bank: msat('bank') };
  }

  /** Resolves when both sides know every part as paid and acknowledged. */
  async untilPaid(root: string): Promise<void> {
    for (const who of ['ana', 'bakery'] as const) {
      const isDone = (): boolean => {
        const paid = paymentsOf(this.of(who), root, 'disbursement');
        return paid.filter((each) => each.class === 'preimage+acknowledgement').length === TICKS;
      };
      await until(`every part of ${root.slice(0, 8)}`, isDone, PATIENCE_MS).catch(() => {
        const { code } = this.of('ana').session.payerStatus(root) ?? { code: 'none' };
        const steps = this.of('bank').session.forwarder.entries();
        const open = steps.filter(({ contract }) => contract === root);
        throw new Error(`not paid: ${code}, ${open.map(({ n, step }) => `${n} ${step}`).join()}`);
      });
    }
  }

  /** Resolves when the bank has nothing open in its journal. */
  async untilAtRest(): Promise<void> {
    const isOver = (): boolean => {
      const entries = this.of('bank').session.forwarder.entries();
      return entries.every(({ step }) => ['settled', 'cancelled', 'lost'].includes(step));
    };
    await until('the bank to be at rest', isOver, PATIENCE_MS);
  }

  /** What is wrong with the purses after these loans, of which the bank lost so much, in words. */
  audit(
    roots: readonly string[],
    before: Readonly<Record<Who, bigint>>,
    lost: { readonly grossMsat: bigint; readonly netMsat: bigint },
  ): readonly string[] {
    const paid = roots.flatMap((root) => paymentsOf(this.of('ana'), root, 'disbursement'));
    const gross = PRINCIPAL_MSAT * BigInt(roots.length);
    const kept = paid.reduce(
      (sum, { amountMsat }) => sum + mostForwardingFeeMsat(amountMsat, FORWARDING),
      0n,
    );
    const lostFee = lost.grossMsat - lost.netMsat;
    const should = {
      ana: lost.grossMsat - gross,
      bakery: gross - kept,
      bank: kept - lostFee - lost.netMsat,
    };
    const after = this.balances();
    return PEOPLE.flatMap((who) => {
      const change = after[who] - before[who];
      return change === should[who] ? [] : [`${who} has ${change}, should have ${should[who]}`];
    });
  }

  async close(): Promise<void> {
    for (const player of this.#players.values()) await player.close();
    await this.world.stop();
  }
}

/** Every death once, and everything paid in the end; resolves with what is wrong. */
async function playDeaths(three: Three, deaths: readonly Death[]): Promise<readonly string[]> {
  const before = three.balances();
  const roots = new Map<string, number>();
  const wrong: string[] = [];
  for (const death of deaths) {
    const { who, side, step } = death;
    const at = DEATHS.indexOf(death);
    const root = await three.lend(`death-${at}`);
    roots.set(root, at);
    await three.die(root, death);
    await three.open(who);
    console.log(`KILL=${at}: ${who} died ${side} ${step}`);
  }
  for (const [root, at] of roots) {
    await three.untilPaid(root).catch((error: unknown) => {
      wrong.push(`KILL=${at}: ${String(error)}`);
    });
  }
  await three.untilAtRest();
  return [...wrong, ...three.audit([...roots.keys()], before, { grossMsat: 0n, netMsat: 0n })];
}

/** Lets every deadline pass of what the bank's wallet holds; each node hears of every block. */
async function passDeadlines({ world: { lightning } }: Three): Promise<void> {
  const held = lightning.of('bank').ledger.inState('incoming', 'accepted');
  const deadlineOf = ({ settleDeadlineHeight = 0 }: (typeof held)[number]): number =>
    settleDeadlineHeight;
  const { chain } = lightning;
  const from = chain.tip().height;
  for (const each of [...held].sort((a, b) => deadlineOf(a) - deadlineOf(b))) {
    await chain.mine(Math.max(0, deadlineOf(each) - chain.tip().height));
    const isBack = (): boolean =>
      lightning.of('ana').ledger.entry('outgoing', each.paymentHash)?.state === 'failed';
    await until('what was held to go back', isBack, MOMENT_MS);
  }
  console.log(`${held.length} held, all back after ${chain.tip().height - from} blocks`);
}

/** The bank is away past the settle deadline; resolves with what is wrong. */
async function playDeadline(three: Three): Promise<readonly string[]> {
  const before = three.balances();
  const root = await three.lend('deadline');
  const isMoment = (change: StoreWrite): boolean => isStep(change, 'forward', 'paid');
  await three.die(root, { who: 'bank', step: 'paid', side: 'after', isMoment });
  console.log('the bank has paid the payee, and is away');
  await passDeadlines(three);
  await three.open('bank');
  await three.untilPaid(root);
  await three.untilAtRest();
  const entries = three.of('bank').session.forwarder.entries();
  const lost = entries.filter(({ step }) => step === 'lost');
  const sum = (amounts: readonly string[]): bigint =>
    amounts.reduce((total, amount) => total + BigInt(amount), 0n);
  const wrong: string[] = [];
  if (lost.length === 0) wrong.push('the bank lost nothing');
  if (!three.of('bank').codes(root).includes('FORWARD_LOST'))
    wrong.push('the bank does not say so');
  const grossMsat = sum(lost.map((entry) => entry.grossMsat));
  const netMsat = sum(lost.map((entry) => entry.netMsat));
  return [...wrong, ...three.audit([root], before, { grossMsat, netMsat })];
}

/** Which deaths are played, by the environment. */
function chosenDeaths(kill: string): readonly Death[] {
  const [from = '', to = from] = kill.split('-');
  return DEATHS.filter((_, at) => Number(from) <= at && at <= Number(to));
}

const { KILL } = process.env;
const three = new Three(await startScene());
const wrong: string[] = [];
try {
  for (const who of PEOPLE) await three.open(who);
  const chosen = KILL === undefined ? DEATHS : chosenDeaths(KILL);
  wrong.push(...(await playDeaths(three, chosen)));
  console.log(`${chosen.length} deaths, ${wrong.length} things wrong`);
  if (KILL === undefined || KILL === 'deadline') wrong.push(...(await playDeadline(three)));
} finally {
  await three.close();
}
for (const sentence of wrong) console.log(sentence);
process.exit(wrong.length === 0 ? 0 : 1);
