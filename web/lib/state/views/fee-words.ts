/** What the bank's fees take from an investor, in words. */
import { buildKeyFacts, type ContractDocument } from '@realyield/protocol';
import { formatBps } from '../../format.ts';
import { wholeText } from './rates.ts';

/** Fees as an investor meets them; sentences are empty where there is none. */
export interface FeeWords {
  /** What is kept of repayments if all goes as planned. */
  readonly keptUnits: bigint;
  readonly atStart: readonly string[];
  readonly onRepayments: readonly string[];
}

/** The fees of a contract for its investor, if everything is paid as planned. */
export function feeWords(document: ContractDocument): FeeWords {
  const { fees } = document;
  if (fees.originationBps === 0 && fees.servicingBps === 0) {
    return { keptUnits: 0n, atStart: [], onRepayments: [] };
  }
  const facts = buildKeyFacts(document);
  const text = wholeText(document.denomination);
  const originationText = text(BigInt(facts.originationUnits));
  const start = `${originationText} (${formatBps(fees.originationBps)})`;
  const keptUnits = BigInt(facts.servicingUnits);
  const kept = `${text(keptUnits)} (${formatBps(fees.servicingBps)})`;
  const atStart =
    fees.origination === 'withheld'
      ? `${start} of it is the bank’s fee; the business owes the whole.`
      : `The business pays the bank a fee of ${start} on top.`;
  return {
    keptUnits,
    atStart: fees.originationBps === 0 ? [] : [atStart],
    onRepayments:
      fees.servicingBps === 0
        ? []
        : [`Of what the business repays, the bank keeps ${kept} as its fee; it is left out here.`],
  };
}
