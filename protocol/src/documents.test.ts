/** Documents one by one: terms that contradict each other, their author or what they embed. */
import { describe, expect, it } from 'vitest';
import {
  acceptance,
  AT,
  codeOf,
  loan,
  other,
  receipt,
  requestDocument,
  verified,
} from './testing/documents.ts';
import { hashOf, publicOf, sparedSigning } from './testing/loan.ts';
import { canonicalize } from './canonical.ts';
import { embed, parseEvent } from './events.ts';
import { Kind } from './kinds.ts';
import {
  buildAttestation,
  buildContractEvent,
  buildNotice,
  buildRequest,
  buildSignature,
} from './publish.ts';
import { requestTags } from './tags.ts';
import { REGISTER_START } from './params.ts';
import type { AcceptanceDocument, ContractDocument } from './kinds/agreement.ts';
import type { NoticeDocument, RequestDocument } from './kinds/money-events.ts';
import type { VerifiedEvent } from './verify.ts';

describe('contracts', () => {
  const document = loan.contract.document;
  const codeFor = (overrides: Partial<ContractDocument>): string =>
    codeOf('investor', buildContractEvent({ ...document, ...overrides }, AT));
  const [base] = document.bases;
  const [tranche] = document.tranches;
  if (!base || !tranche) throw new Error('the fixture has a base and a tranche');
  const { investor, business, bank } = document.parties;

  it.each([
    ['ok', {}],
    ['CONTENT_TERMS', { daySec: 60, network: 'mainnet' as const }],
    ['CONTENT_TERMS', { parties: { investor: business, business, bank } }],
    ['CONTENT_TERMS', { parties: { investor, business, bank: { ...bank, pubkey: hashOf('x') } } }],
    ['CONTENT_TERMS', { bases: [{ as: 'consent' as const, event: base.event }] }],
    ['CONTENT_TERMS', { bases: [base, base] }],
    ['CONTENT_TERMS', { bases: [base, { as: 'attestation' as const, event: base.event }] }],
    ['CONTENT_TERMS', { principalUnits: '1000000001' }],
    ['CONTENT_TERMS', { principalUnits: '1000001000' }],
    ['CONTENT_TERMS', { tranches: [{ ...tranche, ticks: 100_000, amountUnits: '1000' }] }],
    ['CONTENT_TERMS', { tranches: [{ ...tranche, toSec: tranche.fromSec }] }],
    ['CONTENT_TERMS', { tranches: [{ ...tranche, lapsesAtSec: tranche.toSec - 1 }] }],
    ['CONTENT_TERMS', { tranches: [{ ...tranche, fromSec: document.startAtSec - 1 }] }],
    [
      'CONTENT_TERMS',
      {
        plan: {
          ...document.plan,
          due: { rule: 'list' as const, atSec: [tranche.lapsesAtSec - 1] },
        },
      },
    ],
    ['CONTENT_TERMS', { startAtSec: tranche.fromSec + 1 }],
  ])('%s', (code, overrides) => {
    expect(codeFor(overrides)).toBe(code);
  });

  it('rest on consents and attestations that speak of them', () => {
    const sign = (name: string, offer: string) =>
      verified(name, buildSignature({ v: 1, type: 'consent', offer, prev: [] }, AT));
    const attest = (subject: string) =>
      verified(
        'bank',
        buildAttestation(
          { v: 1, subject, matter: 'visit', statement: 'Seen.', checkedAtSec: AT, documents: [] },
          AT,
        ),
      );
    const withBase = (as: 'consent' | 'attestation', event: VerifiedEvent): string =>
      codeFor({ bases: [base, { as, event: embed(event) }] });
    expect(withBase('consent', sign('business', base.event.id))).toBe('ok');
    expect(withBase('consent', sign('stranger', base.event.id))).toBe('EMBEDDED_MISMATCH');
    expect(withBase('consent', sign('business', hashOf('another')))).toBe('EMBEDDED_MISMATCH');
    expect(withBase('attestation', attest(publicOf('business')))).toBe('ok');
    expect(withBase('attestation', attest(publicOf('stranger')))).toBe('EMBEDDED_MISMATCH');
  });
});

describe('acceptances', () => {
  const codeFor = (name: string, overrides: Partial<AcceptanceDocument>): string =>
    codeOf(name, buildSignature(acceptance(overrides), AT));

  it('embed the very contract they accept', () => {
    expect(codeFor('business', { terms: embed(other.contract.event) })).toBe('EMBEDDED_MISMATCH');
    expect(codeFor('business', { contract: other.root })).toBe('EMBEDDED_MISMATCH');
    const offer = embed(loan.offer.event);
    expect(codeFor('business', { contract: offer.id, terms: offer })).toBe('EMBEDDED_MISMATCH');
    const altered = { ...embed(loan.contract.event), created_at: AT + 5 };
    expect(codeFor('business', { terms: altered })).toBe('EMBEDDED_INVALID');
  });

  it('name no party’s own key as delegate', () => {
    expect(codeFor('business', { delegate: publicOf('business phone') })).toBe('ok');
    expect(codeFor('business', { delegate: publicOf('investor') })).toBe('DELEGATE_CONFLICT');
    expect(codeFor('business', { delegate: publicOf('business') })).toBe('DELEGATE_CONFLICT');
  });

  it('carry the register when the bank’s, and only then', () => {
    const first = { serial: 1, previous: REGISTER_START };
    expect(codeFor('bank', { role: 'bank', register: first })).toBe('ok');
    expect(codeFor('bank', { role: 'bank' })).toBe('CONTENT_TERMS');
    expect(codeFor('business', { register: first })).toBe('CONTENT_TERMS');
    const forged = { serial: 2, previous: REGISTER_START };
    expect(codeFor('bank', { role: 'bank', register: forged })).toBe('CONTENT_TERMS');
  });
});

describe('requests and receipts', () => {
  const codeFor = (overrides: Partial<RequestDocument>): string =>
    codeOf('business', buildRequest(requestDocument(overrides), AT));
  const [first, second] = [hashOf('first'), hashOf('second')];

  it('list parts in columns of one length, with one hash each', () => {
    expect(codeFor({ n: [0, 1], msat: ['1', '2'], paymentHash: [first, second] })).toBe('ok');
    expect(codeFor({ n: [0, 1], msat: ['1'], paymentHash: [first, second] })).toBe('CONTENT_TERMS');
    expect(codeFor({ n: [0, 1], msat: ['1', '2'], paymentHash: [first] })).toBe('CONTENT_TERMS');
    expect(codeFor({ n: [0, 1], msat: ['1', '2'], paymentHash: [first, first] })).toBe(
      'CONTENT_TERMS',
    );
    expect(codeFor({ msat: ['0'] })).toBe('CONTENT_TERMS');
    expect(codeFor({ n: [1, 0], msat: ['1', '2'], paymentHash: [first, second] })).toBe(
      'CONTENT_SCHEMA',
    );
  });

  it('have a window of at most a day', () => {
    expect(codeFor({ notBeforeSec: AT, expiresAtSec: AT + 86_400 })).toBe('ok');
    expect(codeFor({ notBeforeSec: AT, expiresAtSec: AT + 86_401 })).toBe('PART_WINDOW');
    expect(codeFor({ notBeforeSec: AT, expiresAtSec: AT })).toBe('PART_WINDOW');
  });

  it('agree with what they embed', () => {
    const strange = receipt(requestDocument(), { n: [1] });
    expect(codeOf('investor', strange)).toBe('PART_UNKNOWN');
    const elsewhere = receipt(requestDocument({ contract: other.root }));
    expect(codeOf('investor', elsewhere)).toBe('CONTRACT_MISMATCH');
    const short = receipt(requestDocument(), { n: [0, 1] });
    expect(codeOf('investor', short)).toBe('CONTENT_TERMS');
    const notRequest = { request: embed(loan.offer.event) };
    expect(codeOf('investor', receipt(requestDocument(), notRequest))).toBe('EMBEDDED_MISMATCH');
  });

  it('are refused by parseEvent alone when their embedded part is unreadable', () => {
    const template = receipt(requestDocument());
    const document = JSON.parse(template.content) as { request: { content: object } };
    document.request.content = { v: 1 };
    const event = { ...sparedSigning.sign('investor', template), content: canonicalize(document) };
    const parsed = parseEvent(event as VerifiedEvent);
    expect(parsed).toMatchObject({ code: 'EMBEDDED_INVALID' });
  });

  it('carry only the tags of a request', () => {
    const template = buildRequest(requestDocument(), AT);
    expect(template.tags).toEqual(requestTags(requestDocument()));
  });
});

describe('notices', () => {
  it('of funding come from the bank whose offer it is', () => {
    const document: NoticeDocument = {
      v: 1,
      type: 'fundingReached',
      offer: { id: loan.offer.event.id, address: `${Kind.offer}:${publicOf('bank')}:bakery-oven` },
      contracts: [loan.root],
      totalUnits: '1000000000',
      prev: [],
    };
    expect(codeOf('bank', buildNotice(document, AT))).toBe('ok');
    expect(codeOf('stranger', buildNotice(document, AT))).toBe('AUTHOR_ROLE');
  });
});
