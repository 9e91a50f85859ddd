/** What must agree when something was to be paid once, over Lightning or on the chain. */
import type { Cast } from './cast.ts';
import type { SimChain } from './chain.ts';

/** One part of one contract, the devices that may pay it, and the chain it may be paid on. */
export interface FallbackAccount {
  readonly root: string;
  readonly devices: readonly string[];
  readonly dueUnits: bigint;
  readonly chain: SimChain;
  /** Whether what was charged is not all in one journal. */
  readonly isJournalLost: boolean;
}

const PAYEE = 'investor';

function paymentsAt(cast: Cast, { root }: FallbackAccount, name: string) {
  const payments = cast.stateAt(name, root)?.payments ?? [];
  return payments.filter(({ leg }) => leg === 'repayment');
}

/** Whether everybody knows that it was paid, and nobody has anything left to do about it. */
export function isPaidOnce(cast: Cast, account: FallbackAccount): boolean {
  const { root, devices } = account;
  const isKnown = [...devices, PAYEE].every((name) => {
    const payments = paymentsAt(cast, account, name);
    const isProven = payments.every(({ class: is }) => /chain|acknowledgement/.test(is));
    return payments.length > 0 && isProven;
  });
  const isAtRest = devices.every((name) => {
    const isOver = cast.journal(name, root, 'repayment').every(({ step }) => step === 'receipted');
    const orders = cast.session(name)?.fallback.of(root);
    return isOver && orders?.every(({ state }) => state !== 'open') === true;
  });
  return isKnown && isAtRest;
}

/** What is wrong in the end, in words. */
export function auditFallback(cast: Cast, account: FallbackAccount): readonly string[] {
  const { root, devices, dueUnits, chain } = account;
  const settled = [...cast.lightning.ledger.values()].filter(({ state }) => state === 'settled');
  const wrong: string[] = [];
  const received = settled.length + chain.sent.length;
  if (received !== 1) {
    wrong.push(`${settled.length} payments over Lightning, ${chain.sent.length} on the chain`);
  }
  if (settled.some(({ timesPaid }) => timesPaid !== 1)) wrong.push('an invoice was paid twice');
  const [sent] = chain.sent;
  const amountMsat = sent ? sent.valueSat * 1_000n : dueUnits;
  for (const name of [...devices, PAYEE]) {
    const known = paymentsAt(cast, account, name);
    const [first] = known;
    const isRight = known.length === 1 && first?.n === 0 && first.amountMsat === amountMsat;
    if (!isRight) {
      const said = known.map(({ n, amountMsat: msat, class: is }) => `${n}: ${msat} (${is})`);
      wrong.push(`${name} sees ${said.join(', ')} instead of ${amountMsat}`);
    }
    const state = cast.stateAt(name, root);
    const total = state?.paid.totalUnits('repayment');
    if (total !== amountMsat) wrong.push(`the ledger of ${name} counts ${total}`);
    const hashes = known.map(({ paymentHash }) => paymentHash);
    const isProof = settled.every(({ paymentHash }) => hashes.includes(paymentHash));
    const outpoints = state?.paid.chain.map(({ outpoint }) => outpoint) ?? [];
    const isOutput = chain.sent.every(({ txid }) => outpoints.includes(`${txid}:1`));
    if (!isProof || !isOutput) wrong.push(`${name} has other proofs than what was received`);
  }
  return [...wrong, ...devices.flatMap((name) => auditJournal(cast, account, name))];
}

function auditJournal(cast: Cast, account: FallbackAccount, name: string): readonly string[] {
  const { root, isJournalLost } = account;
  const entries = cast.journal(name, root, 'repayment');
  const wrong = entries
    .filter(({ step }) => step !== 'receipted')
    .map(({ n, step }) => `part ${n} of ${name} is still ${step} in the journal`);
  for (const { state, startedAtSec } of cast.session(name)?.fallback.of(root) ?? []) {
    if (state === 'open') wrong.push(`what ${name} began at ${startedAtSec} is still open`);
  }
  if (isJournalLost) return wrong;
  const fees = entries.reduce((sum, { feesPaidMsat = '0' }) => sum + BigInt(feesPaidMsat), 0n);
  const charged = [...cast.lightning.ledger.values()].reduce((sum, { state, feesPaidMsat }) => {
    return state === 'settled' ? sum + feesPaidMsat : sum;
  }, 0n);
  if (fees !== charged) wrong.push(`fees of ${name}: ${fees} in the journal, ${charged} charged`);
  return wrong;
}
