/** What a fold keeps of answers to tenders. Spec: specs/tenders.md. */
import type { ParsedRequest, ParsedTender, ParsedTenderAnswer } from '../events.ts';
import type { PartyRole } from '../kinds/fields.ts';

/** An answer to a tender that holds, with the request it embeds. */
export interface AppliedTenderAnswer {
  readonly answer: ParsedTenderAnswer;
  readonly tender: ParsedTender;
  readonly request: ParsedRequest;
}

/** An event that names an answer to a tender, so that its author knew of it. */
export interface Witness {
  readonly id: string;
  readonly role: PartyRole;
  readonly atSec: number;
}
