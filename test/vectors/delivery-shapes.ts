/** The shape of vectors of deliveries, and the implementation's answers. */
import {
  checkForward,
  checkInvoice,
  checkRequest,
  foldContract,
  type ParsedForward,
  type ParsedRequest,
  type SignedEvent,
} from '@realyield/protocol';
import { readAll, texts, type Json, type Named } from './vector.ts';

/** A request and its invoices as a payer receives them. */
export interface DeliveryVector extends Named {
  readonly root: string;
  readonly events: readonly SignedEvent[];
  readonly request: SignedEvent;
  readonly forward?: SignedEvent;
  readonly invoices: readonly string[];
  readonly nowSec: number;
}

/** What a payer makes of a delivery. */
export function expectDelivery(vector: DeliveryVector): Json {
  const fold = foldContract(vector.root, readAll(vector.events));
  if (!fold.ok) return { rejectCode: fold.code };
  const { state } = fold.value;
  const request = readAll([vector.request]).at(-1) as ParsedRequest;
  const checked = checkRequest(state, request);
  if (!checked.ok) return { rejectCode: checked.code };
  const forward = readAll(vector.forward ? [vector.forward] : []).at(-1) as ParsedForward;
  const unsure = checkForward(state, request, forward);
  if (unsure) return { rejectCode: unsure.code };
  return {
    parts: vector.invoices.map((invoice, index) => {
      const part = checkInvoice(state, request, index, invoice, vector.nowSec);
      return part.ok ? { payable: texts(part.value) } : { rejectCode: part.code };
    }),
  };
}
