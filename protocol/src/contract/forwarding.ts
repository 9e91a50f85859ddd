/**
 * Payments that the bank passes on without owning them: what it may keep, and who may ask for
 * them. Spec: specs/forwarding.md.
 */
import type { ContractDocument } from '../kinds/agreement.ts';
import type { ForwardingTerms } from '../kinds/fees.ts';
import type { Leg } from '../kinds/fields.ts';
import type { RequestDocument } from '../kinds/money-events.ts';
import { BPS } from '../params.ts';
import { reject, type Reject } from '../result.ts';

/** Legs between investor and business: on the others the bank is payer or payee itself. */
const FORWARDED_LEGS: readonly Leg[] = ['disbursement', 'repayment'];

/** The terms on which the bank may pass payments of a leg on; undefined where it may not. */
export function forwardingTermsOf(
  { fees }: Pick<ContractDocument, 'fees'>,
  leg: Leg,
): ForwardingTerms | undefined {
  return FORWARDED_LEGS.includes(leg) ? fees.forwarding : undefined;
}

/** The most the bank may keep of a part, msat. */
export function mostForwardingFeeMsat(
  grossMsat: bigint,
  { mostBps, mostBaseMsat }: ForwardingTerms,
): bigint {
  // FW-2: "The most the bank may keep of a part is floor(msat × `mostBps` / 10,000) +
  // `mostBaseMsat`."
  return (grossMsat * BigInt(mostBps)) / BPS + BigInt(mostBaseMsat);
}

/** What the bank keeps of each part of a request, msat; undefined where it passes nothing on. */
export function forwardingFeesMsat({ msat, via }: RequestDocument): readonly bigint[] | undefined {
  // FW-8: "What was paid through the bank counts as paid for its `msat`; the payee received the
  // part's `netMsat`, and the difference is the bank's fee."
  return via?.netMsat.map((net, index) => BigInt(msat[index] ?? '0') - BigInt(net));
}

/** Why a request by way of the bank counts for nothing under a contract. */
export function forwardingMismatch(
  contract: Pick<ContractDocument, 'fees'>,
  request: RequestDocument,
): Reject | undefined {
  const keptMsat = forwardingFeesMsat(request);
  if (!keptMsat) return undefined;
  // FW-3: "A request by way of the bank counts only in a contract that has `forwarding`, and on the
  // legs `disbursement` and `repayment`: otherwise its receipt is refused as
  // `FORWARDING_FORBIDDEN`…"
  const terms = forwardingTermsOf(contract, request.leg);
  if (!terms) return reject('FORWARDING_FORBIDDEN', request.leg);
  // FW-3: "…One of which the bank would keep more of a part than it may is refused as
  // `FORWARDING_FEE`."
  const dear = request.msat.findIndex((gross, index) => {
    return (keptMsat[index] ?? 0n) > mostForwardingFeeMsat(BigInt(gross), terms);
  });
  return dear < 0 ? undefined : reject('FORWARDING_FEE', String(request.n[dear]));
}
