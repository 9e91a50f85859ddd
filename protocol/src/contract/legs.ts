/** Money legs of a contract and its origination fees. Spec: specs/payments.md, specs/fees.md. */
import { wholeOf } from '../denomination.ts';
import type { ContractDocument } from '../kinds/agreement.ts';
import type { Fees } from '../kinds/fees.ts';
import type { Leg } from '../kinds/fields.ts';
import { floorToWhole } from '../money.ts';
import { BPS } from '../params.ts';
import { LEGS, type LegParties } from './state.ts';

/** Legs that count their parts from 0; a part of them has any amount. */
export type SerialLeg = Exclude<Leg, 'disbursement' | 'originationFee'>;

/** Whether origination fees are part of the tranches, so that the investor pays them. */
export function isWithheld({ originationBps, origination }: Fees): boolean {
  return originationBps > 0 && origination === 'withheld';
}

/** What a fee is computed by. */
type Charging = Pick<ContractDocument, 'fees' | 'denomination'>;

/** The fee of a tranche, whole satoshis, msat. */
export function originationFee(amountUnits: bigint, { fees, denomination }: Charging): bigint {
  // FE-1: "The origination fee of a tranche is its amount × `originationBps` / 10,000, rounded down
  // to a whole satoshi…"
  const feeUnits = (amountUnits * BigInt(fees.originationBps)) / BPS;
  return floorToWhole(feeUnits, wholeOf(denomination));
}

/** The part of a tranche that is not paid out as ticks, msat. */
export function withheldFee(amountUnits: bigint, terms: Charging): bigint {
  // FE-2: "Withheld, it is part of the tranche: the investor pays it to the bank, it counts as
  // disbursed, and the tranche's ticks share the rest…"
  return terms.fees.origination === 'withheld' ? originationFee(amountUnits, terms) : 0n;
}

/** Payer, payee and purpose of a leg under a contract. */
export function legOf(document: Pick<ContractDocument, 'fees'>, leg: Leg): LegParties {
  // FE-3: "The payer of `originationFee` is the investor where it is withheld and the business
  // where it is paid on top…"
  const isWithheld = leg === 'originationFee' && document.fees.origination === 'withheld';
  return isWithheld ? { ...LEGS[leg], payer: 'investor' } : LEGS[leg];
}

/** Whether payments of a leg count as disbursed. */
export function isDisbursed(document: Pick<ContractDocument, 'fees'>, leg: Leg): boolean {
  const isFee = leg === 'originationFee' && document.fees.origination === 'withheld';
  return isFee || leg === 'disbursement';
}
