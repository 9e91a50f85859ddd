/** A bank's checklist for an application: the form, and the statement it publishes of it. */
import { CHECKS, type AttestationDocument } from '@realyield/protocol';
import type { Statement } from '../../engine/listing.ts';
import { hasHidden } from '../../ui/text.ts';
import { FieldReader, type Mistakes } from './read-fields.ts';

type Check = (typeof CHECKS)[number];
type Made = NonNullable<AttestationDocument['checks']>[number];

/** The form: empty strings are what was not looked at and no grade. */
export interface ChecklistForm {
  results: Record<Check, Made['result'] | ''>;
  grade: NonNullable<AttestationDocument['grade']> | '';
  statement: string;
  /** For each document of the application whether it is named. */
  documents: boolean[];
}

/** Documents as an application names them. */
type Named = readonly { readonly sha256: string }[];

/** The form as it begins: empty, or what was published before. */
export function checklistForm(documents: Named, before?: AttestationDocument): ChecklistForm {
  const made = new Map(before?.checks?.map(({ what, result }) => [what, result]));
  const hashes = new Set(before?.documents.map(({ sha256 }) => sha256));
  const results = Object.fromEntries(CHECKS.map((what) => [what, made.get(what) ?? '']));
  return {
    results: results as ChecklistForm['results'],
    grade: before?.grade ?? '',
    statement: before?.statement ?? '',
    documents: documents.map(({ sha256 }) => hashes.has(sha256)),
  };
}

/** What is published, or a sentence for what does not fit. */
export function readChecklist(
  form: ChecklistForm,
  documents: Named,
):
  | { readonly ok: true; readonly statement: Omit<Statement, 'subject' | 'matter'> }
  | { readonly ok: false; readonly mistakes: Mistakes } {
  const read = new FieldReader();
  const checks = CHECKS.flatMap((what): Made[] => {
    const result = form.results[what];
    return result === '' ? [] : [{ what, result }];
  });
  if (checks.length === 0) read.wrong('checks', 'Say of at least one thing what you found.');
  const typed = form.statement.replace(/\r\n?/g, '\n').replace(/\t/g, ' ');
  if (hasHidden(typed.replace(/\n/g, ' '))) {
    read.wrong('statement', 'It holds characters that cannot be seen.');
  }
  const sentence = 'Say in a sentence what the result rests on.';
  const statement = read.text('statement', typed, { most: 2_000, sentence });
  // A file's own name may tell what is private: papers are known by number and fingerprint.
  const named = documents.flatMap(({ sha256 }, index) =>
    form.documents[index] === true ? [{ name: `Paper ${index + 1}`, sha256 }] : [],
  );
  const { mistakes } = read;
  if (mistakes) return { ok: false, mistakes };
  const grade = form.grade === '' ? {} : { grade: form.grade };
  return { ok: true, statement: { statement, checks, ...grade, documents: named } };
}
