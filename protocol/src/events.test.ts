/** Reading: every way an event's form can be refused before any contract is folded. */
import { describe, expect, it } from 'vitest';
import { acceptance, AT, codeOf, loan, receipt, requestDocument } from './testing/documents.ts';
import { hashOf, Loan, offerDocument, profileDocument, publicOf, signAs } from './testing/loan.ts';
import { canonicalize } from './canonical.ts';
import type { AttestationDocument } from './kinds/attestation.ts';
import { embed, embeddedIn, unembed } from './events.ts';
import { readEvent } from './noble.ts';
import {
  buildAttestation,
  buildBankProfile,
  buildOffer,
  buildSignature,
  type Template,
} from './publish.ts';

describe('reading', () => {
  it('accepts every kind the fixtures write', () => {
    const attestation: AttestationDocument = {
      v: 1,
      subject: publicOf('business'),
      matter: 'visit',
      statement: 'We visited the bakery.',
      checkedAtSec: AT,
      documents: [],
    };
    expect(codeOf('bank', buildBankProfile(profileDocument(), AT))).toBe('ok');
    expect(codeOf('bank', buildOffer(offerDocument(), AT))).toBe('ok');
    expect(codeOf('bank', buildAttestation(attestation, AT))).toBe('ok');
    expect(codeOf('business', buildSignature(acceptance(), AT))).toBe('ok');
    expect(codeOf('investor', receipt(requestDocument()))).toBe('ok');
  });

  it('yields embedded events before the one that embeds them', () => {
    const real = new Loan();
    const { receipt: paid } = real.pay('disbursement', [{ n: 0, amountUnits: 100_000_000n }], AT);
    const read = readEvent(paid);
    if (!read.ok) throw new Error(read.code);
    expect(read.value.map((entry) => entry.name)).toEqual(['request', 'receipt']);
    const signed = readEvent(real.sign('investor', AT + 1));
    if (!signed.ok) throw new Error(signed.code);
    expect(signed.value.map((entry) => entry.name)).toEqual(['offer', 'contract', 'signature']);
  });

  it('embeds an event without changing what its id covers', () => {
    const { event } = loan.contract;
    expect(unembed(embed(event))).toEqual({ ...event, tags: event.tags });
    expect(unembed({ ...embed(event), content: { a: 1.5 } })).toBeUndefined();
    expect(embeddedIn(loan.offer)).toEqual([]);
  });

  it('refuses what is no event, too large, altered or not signed', () => {
    const event = signAs('bank', buildOffer(offerDocument(), AT));
    const codes = [
      readEvent(null),
      readEvent({ ...event, content: 'x'.repeat(60_001) }),
      readEvent({ ...event, created_at: AT + 1 }),
      readEvent({ ...event, sig: '0'.repeat(128) }),
    ].map((read) => (read.ok ? 'ok' : read.code));
    expect(codes).toEqual(['EVENT_SHAPE', 'EVENT_SIZE', 'EVENT_ID', 'EVENT_SIGNATURE']);
  });
});

describe('content', () => {
  const offer = buildOffer(offerDocument(), AT);
  const rewritten = (change: (document: Record<string, unknown>) => object): Template => ({
    ...offer,
    content: canonicalize(change(JSON.parse(offer.content) as Record<string, unknown>)),
  });

  it.each([
    ['KIND_UNKNOWN', { ...offer, kind: 1 }],
    ['KIND_UNKNOWN', { ...offer, kind: 2822 }],
    ['CONTENT_SIZE', { ...offer, content: JSON.stringify('é'.repeat(6_000)) }],
    ['CONTENT_JSON', { ...offer, content: offer.content.slice(1) }],
    ['CONTENT_CANONICAL', { ...offer, content: ` ${offer.content}` }],
    ['CONTENT_CANONICAL', { ...offer, content: offer.content.replace('"v":1', '"v":1,"v":1') }],
    ['CONTENT_CANONICAL', { ...offer, content: offer.content.replace('"v":1', '"v":null') }],
    ['CONTENT_CANONICAL', { ...offer, content: offer.content.replace('1200', '1.2e3') }],
    ['CONTENT_VERSION', { ...offer, content: '[]' }],
    ['CONTENT_VERSION', rewritten((document) => ({ ...document, v: 2 }))],
    ['CONTENT_SCHEMA', rewritten((document) => ({ ...document, extra: 1 }))],
    ['CONTENT_SCHEMA', rewritten(({ title: _title, ...document }) => document)],
    ['CONTENT_SCHEMA', rewritten((document) => ({ ...document, amountSoughtUnits: '0x10' }))],
    ['CONTENT_SCHEMA', rewritten((document) => ({ ...document, amountSoughtUnits: '' }))],
    ['CONTENT_SCHEMA', rewritten((document) => ({ ...document, amountSoughtUnits: '01' }))],
    ['TAGS_MISMATCH', { ...offer, tags: [...offer.tags, ['t', 'more']] }],
    ['TAGS_MISMATCH', { ...offer, tags: [...offer.tags].reverse() }],
    ['TAGS_MISMATCH', { ...offer, tags: offer.tags.map((tag) => [...tag, '']) }],
  ])('%s', (code, template) => {
    expect(codeOf('bank', template)).toBe(code);
  });

  it('a key named __proto__ is unknown like any other', () => {
    const content = offer.content.replace('{"amount', '{"__proto__":{"v":1},"amount');
    expect(codeOf('bank', { ...offer, content })).toBe('CONTENT_SCHEMA');
  });

  it('reports the first of several reasons', () => {
    const both = rewritten((document) => ({ ...document, extra: 1 }));
    expect(codeOf('bank', { ...both, tags: [] })).toBe('CONTENT_SCHEMA');
    const wrong = receipt(requestDocument(), { preimage: [hashOf('another')] });
    expect(codeOf('investor', wrong)).toBe('PREIMAGE_MISMATCH');
    expect(codeOf('investor', { ...wrong, tags: [] })).toBe('TAGS_MISMATCH');
    const forged = receipt(requestDocument({ expiresAtSec: AT + 999_999 }), {
      preimage: [hashOf('another')],
    });
    expect(codeOf('investor', forged)).toBe('EMBEDDED_INVALID');
  });
});
