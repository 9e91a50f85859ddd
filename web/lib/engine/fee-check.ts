/**
 * Contracts with fees are left to clients that can pay them: this one pays out principal, repays
 * it, and pays guarantees and recoveries. Spec: specs/fees.md.
 */
import { reject, type ContractDocument, type Reject } from '@realyield/protocol';

/** CONTENT_TERMS when terms ask for a fee, which would stay unpaid and make the loan late. */
export function feeProblem({ fees }: Pick<ContractDocument, 'fees'>): Reject | undefined {
  const isFree = fees.originationBps === 0 && fees.servicingBps === 0;
  return isFree ? undefined : reject('CONTENT_TERMS', 'fees');
}
