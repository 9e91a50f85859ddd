/** Vectors of attestations (32812): folder `listings`. */
import { buildAttestation, type AttestationDocument } from '@realyield/protocol';
import { hashOf, publicOf, signAs } from '../fixtures/loan.ts';
import { finish, type Cases, type Vector } from './vector.ts';

const AT = 1_800_000_000;

const vouched: AttestationDocument = {
  v: 1,
  subject: publicOf('bank'),
  matter: 'vouch',
  statement: 'They came when the harvest was late, and waited.',
  checkedAtSec: AT,
  reasons: ['borrowed', 'knows'],
  documents: [],
};
const { reasons: _reasons, ...bare } = vouched;
const checked: AttestationDocument = {
  ...bare,
  matter: 'loan',
  checks: [{ what: 'books', result: 'confirmed' }],
};

/** Those that are read, and those that contradict themselves. */
export function attestationCases(): Cases {
  const event = (document: AttestationDocument) =>
    signAs('business', buildAttestation(document, AT));
  const read = (name: string, requires: string[], document: AttestationDocument): Vector =>
    finish([], { name, requires, event: event(document) });
  const refused = (name: string, requirement: string, document: AttestationDocument): Vector =>
    finish(['CONTENT_TERMS'], { name, requires: [requirement, 'E-14'], event: event(document) });
  const paper = { name: 'Accounts', sha256: hashOf('accounts') };
  return {
    'vouch-read': read('A business vouches for its bank', ['L-14'], vouched),
    'vouch-taken-back': read('It does so no longer', ['L-14'], { ...bare, takenBack: true }),
    'attestation-own': finish(['AUTHOR_ROLE'], {
      ...{ name: 'Somebody about themselves', requires: ['L-11'] },
      event: event({ ...vouched, subject: publicOf('business') }),
    }),
    'grade-alone': refused('A grade that rests on nothing', 'L-12', {
      ...bare,
      matter: 'loan',
      grade: 'A',
    }),
    'checks-order': refused('Checks out of order', 'L-13', {
      ...checked,
      checks: [
        { what: 'books', result: 'confirmed' },
        { what: 'identity', result: 'confirmed' },
      ],
    }),
    'checks-twice': refused('One check with two results', 'L-13', {
      ...checked,
      checks: [
        { what: 'books', result: 'confirmed' },
        { what: 'books', result: 'notConfirmed' },
      ],
    }),
    'reasons-order': refused('Reasons out of order', 'L-13', {
      ...vouched,
      reasons: ['knows', 'borrowed'],
    }),
    'documents-twice': refused('One document under two names', 'L-13', {
      ...checked,
      documents: [paper, { ...paper, name: 'Others' }],
    }),
    'reasons-elsewhere': refused('Reasons to vouch in another matter', 'L-14', {
      ...vouched,
      matter: 'loan',
    }),
    'vouch-unreasoned': refused('Vouched for no reason', 'L-14', bare),
    'taken-back-checked': refused('Taken back, and checked all the same', 'L-14', {
      ...checked,
      takenBack: true,
    }),
    'checked-later': refused('Checked after it was signed', 'L-15', {
      ...checked,
      checkedAtSec: AT + 1,
    }),
  };
}
