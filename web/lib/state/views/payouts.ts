/** A payout as it is shown before it is signed: what was ruled beside what would be signed. */
import {
  BOND_DUST_SAT,
  payoutAddress,
  payoutScript,
  placeOf,
  psbtTransaction,
  type ChainOutput,
  type Payout,
  type UnpaidReason,
} from '@realyield/protocol';
import { bytesToHex } from '@noble/hashes/utils.js';
import { amountText, BITCOIN } from '../../amount.ts';
import type { PayoutProgress } from '../../engine/bonds/payouts.ts';
import type { PayoutPlace, SignedPayout } from '../../engine/bonds/payout-case.ts';
import { formatPlural } from '../../format.ts';

/** Satoshis as text. */
export const satAmount = (valueSat: bigint): string => amountText(valueSat * 1_000n, BITCOIN, true);

/** One line of the two sides. */
export interface PayoutRow {
  readonly label: string;
  readonly note: string | undefined;
  readonly ruled: { readonly amount: string; readonly address: string | undefined };
  readonly signed: { readonly amount: string; readonly address: string | undefined };
  readonly isSame: boolean;
}

const NOTHING = { amount: 'nothing', address: undefined };

function shown(output: ChainOutput | undefined, { bond }: PayoutPlace): PayoutRow['signed'] {
  if (!output) return NOTHING;
  const address = payoutAddress(output.scriptPubKey, bond.network) ?? output.scriptPubKey;
  return { amount: satAmount(output.valueSat), address };
}

/** What was ruled beside what a PSBT would pay, output for output, and the fee. */
export function payoutRows(
  place: PayoutPlace,
  payout: Payout,
  psbt: string,
  claimOf: (contract: string) => number | undefined = () => undefined,
): PayoutRow[] {
  const { bond } = place;
  const read = psbtTransaction(psbt);
  const outputs = read.ok ? read.value.outputs : [];
  const home = placeOf(bond.script, bond.network);
  const paidSat = payout.lines.reduce((sum, { valueSat }) => sum + valueSat, 0n);
  const rest = bond.valueSat - paidSat - payout.plan.feeSat;
  const changeSat = rest >= BOND_DUST_SAT ? rest : 0n;
  const to = (claim: number | undefined): string =>
    claim === undefined ? 'To the claimant' : `For claim ${claim}`;
  const wanted = payout.lines.map(({ address, award, owedSat, valueSat }) => ({
    claim: claimOf(award.contract),
    label: to(claimOf(award.contract)),
    note: valueSat < owedSat ? `of ${satAmount(owedSat)} open; the bond covers no more` : undefined,
    ...{ address, valueSat },
  }));
  if (changeSat > 0n) {
    const back = { label: 'Back under the bond’s script', note: 'still the bank’s bond' };
    wanted.push({ ...back, claim: undefined, address: home.address, valueSat: changeSat });
  }
  const count = Math.max(wanted.length, outputs.length);
  const compared = Array.from({ length: count }, (_, at) => {
    const [mine, theirs] = [wanted[at], outputs[at]];
    const script = mine && payoutScript(mine.address, bond.network);
    const isSame =
      script?.ok === true &&
      bytesToHex(script.value) === theirs?.scriptPubKey &&
      mine?.valueSat === theirs.valueSat;
    const row: PayoutRow = {
      label: mine?.label ?? 'To somebody whom the ruling does not name',
      note: mine?.note,
      ruled: mine ? { amount: satAmount(mine.valueSat), address: mine.address } : NOTHING,
      signed: shown(theirs, place),
      isSame,
    };
    return { row, claim: mine?.claim ?? Number.MAX_SAFE_INTEGER };
  });
  // Outputs are compared in their own order, and shown by the numbers the page gives claims.
  const rows = compared.sort((a, b) => a.claim - b.claim).map(({ row }) => row);
  const sum = outputs.reduce((total, { valueSat }) => total + valueSat, 0n);
  const feeSat = bond.valueSat - sum;
  const wantedFee = bond.valueSat - paidSat - changeSat;
  rows.push({
    ...{ label: 'Fee to the miners', note: undefined },
    ruled: { amount: satAmount(wantedFee), address: undefined },
    signed: { amount: satAmount(feeSat), address: undefined },
    isSame: feeSat === wantedFee,
  });
  return rows;
}

/** Why an award gets nothing. */
export const UNPAID_WORDS: Readonly<Record<UnpaidReason, string>> = {
  notOwedByBank: 'One award is owed by an investor, and the bank’s bond does not pay that.',
  noAddress: 'One award names no Bitcoin address, so the bond cannot pay it.',
  noShare: 'One award gets nothing: the contract’s share of the bond is used up.',
  dust: 'One award is too small to be sent on the chain.',
};

/** Where a payout that was signed stands, in a sentence. */
export function progressSentence(progress: PayoutProgress | undefined): string | undefined {
  switch (progress?.state) {
    case 'sent':
      return 'It was sent, and waits for a block.';
    case 'confirming':
      return (
        `It has ${formatPlural(progress.depth, 'block')} of the ${progress.needed} after which ` +
        'it is recorded.'
      );
    case 'confirmed':
      return 'It is on the chain for good. Once a holder has recorded it, everybody sees it paid.';
    case 'unanswered':
      return 'Your sources of the chain do not answer, so nobody knows here whether it was sent.';
    default:
      return undefined;
  }
}

/** Signatures of one payout: what is computed now first. */
export function currentPayout(
  signed: readonly SignedPayout[],
  isNow: (each: SignedPayout) => boolean,
): SignedPayout | undefined {
  return [...signed].reverse().find(isNow);
}
