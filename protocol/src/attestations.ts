/** What an attestation must not say. Spec: specs/listings.md, "Attestation". */
import { CHECKS, VOUCH_MATTER, VOUCH_REASONS } from './kinds/attestation.ts';
import type { AttestationDocument } from './kinds/attestation.ts';
import type { ParsedAttestation } from './parsed.ts';
import { reject, type Reject } from './result.ts';

const terms = (detail: string): Reject => reject('CONTENT_TERMS', detail);

/** Whether entries stand in the order of a table, none twice. */
function isOrdered<Entry>(table: readonly Entry[], entries: readonly Entry[]): boolean {
  const places = entries.map((entry) => table.indexOf(entry));
  return places.every((place, index) => index === 0 || place > (places[index - 1] ?? -1));
}

/** Contradictions within an attestation. */
export function attestationContradiction(document: AttestationDocument): Reject | undefined {
  const { checks = [], reasons = [], documents, grade, matter, takenBack = false } = document;
  // L-12: "A reader MUST refuse an attestation that has a grade and no checks as `CONTENT_TERMS`…"
  if (grade !== undefined && checks.length === 0) return terms('grade');
  // L-13: "A reader MUST refuse an attestation as `CONTENT_TERMS` whose checks or reasons are not
  // in the order of their tables, none twice, or that names one hash twice."
  const names = checks.map(({ what }) => what);
  if (!isOrdered(CHECKS, names)) return terms('checks');
  if (!isOrdered(VOUCH_REASONS, reasons)) return terms('reasons');
  const hashes = documents.map(({ sha256 }) => sha256);
  if (new Set(hashes).size !== hashes.length) return terms('documents');
  // L-14: "A reader MUST refuse an attestation as `CONTENT_TERMS` that has reasons unless its
  // matter is `vouch`, or none although it is…"
  const hasReasons = reasons.length > 0;
  if (!takenBack) return hasReasons === (matter === VOUCH_MATTER) ? undefined : terms('reasons');
  // L-14: "…and one that is taken back and has checks, reasons or documents all the same."
  const isEmpty = names.length === 0 && !hasReasons && hashes.length === 0;
  return isEmpty ? undefined : terms('takenBack');
}

/** Contradictions between an attestation, its author and its time. */
export function checkAttestation({ document, event }: ParsedAttestation): Reject | undefined {
  // L-11: "A reader MUST refuse an attestation whose subject is its author as `AUTHOR_ROLE`…"
  if (document.subject === event.pubkey) return reject('AUTHOR_ROLE', 'subject');
  // L-15: "A reader MUST refuse an attestation whose `checkedAtSec` is after its `created_at` as
  // `CONTENT_TERMS`…"
  return document.checkedAtSec > event.created_at ? terms('checkedAtSec') : undefined;
}
