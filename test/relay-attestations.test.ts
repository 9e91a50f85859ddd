/** A relay takes attestations that readers read, and refuses the others with the reader's code. */
import { buildAttestation, nobleVerifier, type AttestationDocument } from '@realyield/protocol';
import { expect, it } from 'vitest';
import { decide, DEFAULT_RULES } from '../relay-rules/src/decide.ts';
import { createReader } from '../relay-rules/src/reader.ts';
import { publicOf, signAs } from './fixtures/loan.ts';

const NOW = 1_800_050_000;

function codeOf(said: Partial<AttestationDocument>, author = 'bank'): string {
  const document: AttestationDocument = {
    ...{ v: 1, subject: publicOf('business'), matter: 'loan', statement: 'Seen.' },
    ...{ checkedAtSec: NOW, documents: [], ...said },
  };
  const decision = decide(signAs(author, buildAttestation(document, NOW)), {
    ...{ rules: DEFAULT_RULES, nowSec: NOW, isSignatureChecked: false },
    reader: createReader(nobleVerifier),
  });
  return decision.accept ? 'ok' : decision.code;
}

it('decides on attestations, requires: R-6', () => {
  expect(codeOf({ checks: [{ what: 'books', result: 'partly' }], grade: 'C' })).toBe('ok');
  expect(codeOf({ matter: 'vouch', reasons: ['lent'] })).toBe('ok');
  expect(codeOf({ takenBack: true })).toBe('ok');
  expect(codeOf({ grade: 'A' })).toBe('CONTENT_TERMS');
  expect(codeOf({ checkedAtSec: NOW + 1 })).toBe('CONTENT_TERMS');
  expect(codeOf({}, 'business')).toBe('AUTHOR_ROLE');
  expect(codeOf({ grade: 'F' as never })).toBe('CONTENT_SCHEMA');
  expect(codeOf({ matter: 'A loan' })).toBe('CONTENT_SCHEMA');
});
