/** What must agree when a run is over: proofs, journals, and what wallets really moved. */
import type { Leg } from '@realyield/protocol';
import type { Cast } from './cast.ts';

/** One leg of one contract, and who pays it to whom. */
export interface Account {
  readonly root: string;
  readonly leg: Leg;
  readonly payer: string;
  readonly payee: string;
  /** What each part must come to; undefined: whatever the payer ordered. */
  readonly parts?: ReadonlyMap<number, bigint>;
  /** Whether a journal was lost, with what was charged in it. */
  readonly isJournalLost: boolean;
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);

function paymentsOf(cast: Cast, { root, leg }: Account, name: string) {
  const payments = cast.stateAt(name, root)?.payments ?? [];
  return payments.filter((payment) => payment.leg === leg);
}

/** Whether all parts are proven and acknowledged, as payer and payee see it. */
export function isComplete(cast: Cast, account: Account, count: number): boolean {
  return [account.payer, account.payee].every((name) => {
    const known = paymentsOf(cast, account, name);
    return known.filter((one) => one.class === 'preimage+acknowledgement').length >= count;
  });
}

/** What is proven and acknowledged, as payer and payee see it, in ledger units. */
export function provenUnits(cast: Cast, account: Account): readonly bigint[] {
  return [account.payer, account.payee].map((name) => {
    const known = paymentsOf(cast, account, name);
    const proven = known.filter((one) => one.class === 'preimage+acknowledgement');
    return sum(proven.map(({ amountUnits }) => amountUnits));
  });
}

/** Whether a payer's journal has nothing open and lacks no fee. */
export function isAtRest(cast: Cast, { root, leg, payer }: Account): boolean {
  return cast.journal(payer, root, leg).every(({ step }) => step === 'receipted');
}

/** What is wrong between accounts, wallets and journals, in words. */
export function auditAccounts(cast: Cast, accounts: readonly Account[]): readonly string[] {
  const settled = [...cast.lightning.ledger.values()].filter(({ state }) => state === 'settled');
  const wrong = accounts.flatMap((account) => auditOne(cast, account));
  const proven = accounts.flatMap((account) =>
    paymentsOf(cast, account, account.payee).map(({ paymentHash }) => paymentHash),
  );
  const moved = settled.map(({ paymentHash }) => paymentHash);
  if ([...proven].sort().join() !== [...moved].sort().join()) {
    wrong.push(`${moved.length} payments were received, and ${proven.length} are proven`);
  }
  if (settled.some(({ timesPaid }) => timesPaid !== 1)) wrong.push('an invoice was paid twice');
  return wrong;
}

function auditOne(cast: Cast, account: Account): readonly string[] {
  const wrong: string[] = [];
  const { root, leg, payer, payee, parts, isJournalLost } = account;
  for (const name of [payer, payee]) {
    const known = paymentsOf(cast, account, name);
    const numbers = known.map(({ n }) => n);
    const twice = numbers.filter((n, at) => numbers.indexOf(n) !== at);
    for (const n of twice) wrong.push(`${payer} has paid part ${n} of ${leg} twice`);
    for (const [n, amountMsat] of parts ?? []) {
      const part = known.find((payment) => payment.n === n);
      if (part?.amountMsat !== amountMsat) wrong.push(`part ${n} of ${payer} is not as planned`);
    }
    if (parts && known.length > parts.size) wrong.push(`${name} sees more than was planned`);
    if (cast.stateAt(name, root)?.equivocations.length !== 0) wrong.push('an equivocation');
  }
  const entries = cast.journal(payer, root, leg);
  for (const { n, step } of entries) {
    if (step !== 'receipted') wrong.push(`part ${n} of ${payer} is still ${step} in the journal`);
  }
  const known = paymentsOf(cast, account, payer);
  if (isJournalLost) return wrong;
  if (entries.length !== known.length) wrong.push(`the journal of ${payer} has other parts`);
  const fees = sum(entries.map(({ feesPaidMsat = '0' }) => BigInt(feesPaidMsat)));
  const charged = sum(
    known.map(({ paymentHash }) => cast.lightning.ledger.get(paymentHash)?.feesPaidMsat ?? 0n),
  );
  if (fees !== charged) wrong.push(`fees of ${payer}: ${fees} in the journal, ${charged} charged`);
  return wrong;
}
