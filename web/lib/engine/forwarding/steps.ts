/** Carries out what the state machine decides: the wallet is asked, then the journal, then told. */
import { sentenceOf } from '../words.ts';
import type { Desk, OwnContract } from '../desk.ts';
import { isPreimageOf } from '../payment.ts';
import type { Wallet } from '../ports.ts';
import { isOfOther } from '../wallet-word.ts';
import { holdBlocks, isRightOuter, MARGIN_BLOCKS, OUTER_GRACE_SEC } from './checks.ts';
import type { ForwardEntry, ForwardJournal, ForwardStep } from './journal.ts';
import { decideForward, type ForwardFacts, type HeldSide, type PaidSide } from './machine.ts';
import type { HoldRecord, HoldWallet } from './ports.ts';

/** What passing one payment on needs. */
export interface ForwardContext {
  readonly desk: Desk;
  readonly journal: ForwardJournal;
  readonly contract: OwnContract;
  readonly wallet: Wallet;
  readonly hold: HoldWallet;
}

const HELD: Readonly<Record<HoldRecord['state'], HeldSide>> = {
  pending: 'open',
  accepted: 'accepted',
  settled: 'settled',
  failed: 'gone',
  // Nobody has paid it, and some wallets call it so before they refuse to be paid.
  expired: 'open',
};

/** The payer's side: what became of the hold invoice. */
async function lookHeld(
  { hold }: ForwardContext,
  { paymentHash, outer }: ForwardEntry,
): Promise<{ side: HeldSide; record: HoldRecord | undefined }> {
  const answer = await hold.lookup('incoming', { paymentHash, invoice: outer });
  if (answer.state !== 'answered') return { side: 'silent', record: undefined };
  return { side: answer.value ? HELD[answer.value.state] : 'none', record: answer.value };
}

/** The payee's side: what became of the payment to it. */
async function lookPaid({ hold, wallet }: ForwardContext, entry: ForwardEntry): Promise<PaidSide> {
  const { paymentHash, inner } = entry;
  const answer = await hold.lookup('outgoing', { paymentHash, invoice: inner });
  if (answer.state !== 'answered') return { state: 'silent' };
  // FW-20: "…that one knows of no payment says nothing of what another was told…"
  if (!answer.value) return { state: isOfOther(wallet, entry) ? 'silent' : 'none' };
  const { state, preimage = '', feesPaidMsat } = answer.value;
  if (state === 'settled' && isPreimageOf(preimage, paymentHash)) {
    return { state: 'paid', preimage, feesPaidMsat };
  }
  return { state: state === 'failed' ? 'failed' : 'pending' };
}

/** Blocks left and blocks needed, asked for where something is held. */
async function lookHeight(
  { hold }: ForwardContext,
  record: HoldRecord | undefined,
): Promise<Pick<ForwardFacts, 'blocksLeft' | 'blocksNeeded'>> {
  const status = await hold.status();
  const deadline = record?.settleDeadlineHeight;
  if (status.state !== 'answered') return { blocksLeft: undefined, blocksNeeded: undefined };
  const { height, limits } = status.value;
  // A wallet that names no deadline has none that could be relied on.
  const blocksLeft = deadline === undefined ? 0 : deadline - height;
  return { blocksLeft, blocksNeeded: limits && limits.cltvBlocks + MARGIN_BLOCKS };
}

async function write(
  { desk, journal }: ForwardContext,
  entry: ForwardEntry,
  change: Partial<ForwardEntry>,
): Promise<ForwardEntry> {
  const next = { ...entry, ...change, updatedAtMs: desk.clock.nowMs() };
  await journal.write([next]);
  return next;
}

async function make(context: ForwardContext, entry: ForwardEntry): Promise<void> {
  const { desk, hold } = context;
  const status = await hold.status();
  const limits = status.state === 'answered' ? status.value.limits : undefined;
  if (!limits) return;
  const nowMs = desk.clock.nowMs();
  const ordered = await write(context, entry, { orderedAtMs: nowMs });
  const { paymentHash, grossMsat, expiresAtSec, leg, n } = entry;
  const answer = await hold.make({
    amountMsat: BigInt(grossMsat),
    paymentHash,
    description: `Real Yield ${entry.contract.slice(0, 12)} ${leg} ${n}, passed on`,
    expirySec: expiresAtSec + OUTER_GRACE_SEC - Math.floor(nowMs / 1_000),
    cltvBlocks: holdBlocks(limits),
  });
  if (answer.state === 'refused') {
    // It may have been made by an order whose answer was lost.
    const { side } = await lookHeld(context, ordered);
    if (side !== 'none') return;
    await write(context, ordered, { step: 'cancelled', reason: answer.sentence });
  }
  if (answer.state === 'answered') await adopt(context, ordered, answer.value.invoice);
}

async function adopt(context: ForwardContext, entry: ForwardEntry, outer: string): Promise<void> {
  const isRight = isRightOuter(context.contract.view.fold.state, entry, outer);
  if (isRight) await write(context, entry, { step: 'made', outer });
  else await cancel(context, entry, 'The wallet made another invoice than was ordered.');
}

// FW-13: "…It gives back only what it has definitely not paid on…"
async function cancel(context: ForwardContext, entry: ForwardEntry, why?: string): Promise<void> {
  const reason = why ?? entry.reason;
  const next =
    entry.step === 'cancelling'
      ? entry
      : await write(context, entry, {
          step: 'cancelling',
          ...(reason === undefined ? {} : { reason }),
        });
  const answer = await context.hold.cancel(next.paymentHash);
  if (answer.state === 'unknown') return;
  const { side } = await lookHeld(context, next);
  if (side === 'gone' || side === 'none') await write(context, next, { step: 'cancelled' });
}

async function pay(context: ForwardContext, entry: ForwardEntry): Promise<void> {
  const { id } = context.wallet;
  const sending = await write(context, entry, {
    step: 'paying',
    sentAtMs: context.desk.clock.nowMs(),
    ...(id === undefined ? {} : { wallet: id }),
  });
  const answer = await context.wallet.pay(sending.inner);
  if (answer.state === 'answered' && isPreimageOf(answer.value.preimage, sending.paymentHash)) {
    const { preimage, feesPaidMsat } = answer.value;
    const paid = { preimage, feesPaidMsat: feesPaidMsat.toString() };
    await settle(context, await write(context, sending, { step: 'paid', ...paid }));
  }
  if (answer.state === 'refused') await cancel(context, sending, answer.sentence);
}

async function settle(context: ForwardContext, entry: ForwardEntry): Promise<void> {
  const { preimage } = entry;
  if (preimage === undefined) return;
  await context.hold.settle(preimage);
  const { side } = await lookHeld(context, entry);
  if (side === 'settled') await write(context, entry, { step: 'settled' });
}

async function note(
  context: ForwardContext,
  entry: ForwardEntry,
  step: ForwardStep,
  paid: PaidSide,
): Promise<void> {
  const proof =
    paid.state === 'paid'
      ? { preimage: paid.preimage, feesPaidMsat: paid.feesPaidMsat.toString() }
      : {};
  await write(context, entry, { step, ...proof });
  if (step !== 'lost') return;
  const code = 'FORWARD_LOST';
  const line = { level: 'problem', code, sentence: sentenceOf(code) } as const;
  context.desk.activity.add({ contract: entry.contract, ...line });
}

/** Takes one step with one payment; `waits`: there is nothing to do before something happens. */
export async function stepForward(
  context: ForwardContext,
  entry: ForwardEntry,
): Promise<'moved' | 'waits'> {
  const { step } = entry;
  const askedAtMs = context.desk.clock.nowMs();
  const paid: PaidSide = step === 'paying' ? await lookPaid(context, entry) : { state: 'silent' };
  // A payment under way decides alone; one that was never begun is begun while something is held.
  const needsHeld = step !== 'paying' || paid.state === 'none';
  const { side: held, record } = needsHeld
    ? await lookHeld(context, entry)
    : { side: 'silent' as const, record: undefined };
  const heights =
    held === 'accepted' ? await lookHeight(context, record) : { blocksLeft: 0, blocksNeeded: 0 };
  const nowMs = context.desk.clock.nowMs();
  const decided = decideForward(entry, { nowMs, askedAtMs, held, paid, ...heights });
  switch (decided.act) {
    case 'make':
      await make(context, entry);
      break;
    case 'adopt':
      await adopt(context, entry, record?.invoice ?? '');
      break;
    case 'pay':
      await pay(context, entry);
      break;
    case 'settle':
      await settle(context, entry);
      break;
    case 'cancel':
      await cancel(context, entry, decided.reason);
      break;
    case 'note':
      await note(context, entry, decided.step, paid);
      break;
    case 'wait':
      return 'waits';
    default:
      return 'waits';
  }
  const after = context.journal.get(entry.paymentHash);
  return after?.step === step ? 'waits' : 'moved';
}
