/** Vectors of reading single events: folder `events`, one case per step and code. */
import {
  buildAcknowledgement,
  buildAttestation,
  buildBankProfile,
  buildNotice,
  buildOffer,
  buildSignature,
  canonicalize,
  offerAddress,
  type SignedEvent,
  type Template,
} from '@realyield/protocol';
import {
  hashOf,
  Loan,
  offerDocument,
  profileDocument,
  publicOf,
  signAs,
} from '../fixtures/loan.ts';
import { claim, decide, give } from '../fixtures/steps.ts';
import { finish, type Cases, type Vector } from './vector.ts';

const AT = 1_800_000_000;
const offer = buildOffer(offerDocument(), AT);
const offerEvent = signAs('bank', offer);

const reads = (name: string, requires: string[], event: unknown): Vector =>
  finish([], { name, requires, event });
const refuses = (name: string, requires: string[], code: string, event: unknown): Vector =>
  finish([code], { name, requires, event });

function changed(change: (document: Record<string, unknown>) => object): SignedEvent {
  const document = JSON.parse(offer.content) as Record<string, unknown>;
  return signAs('bank', { ...offer, content: canonicalize(change(document)) });
}

function listingCases(): Cases {
  const attestation = {
    v: 1 as const,
    subject: publicOf('business'),
    matter: 'visit',
    statement: 'We visited the bakery and saw its books.',
    checkedAtSec: AT,
    checks: [
      { what: 'premises' as const, result: 'confirmed' as const },
      { what: 'books' as const, result: 'partly' as const },
    ],
    grade: 'B' as const,
    documents: [{ name: 'Accounts', sha256: hashOf('accounts') }],
  };
  const consent = { v: 1 as const, type: 'consent' as const, offer: offerEvent.id, prev: [] };
  const appointment = { ...consent, type: 'appointment' as const, role: 'arbiter' as const };
  const profile = buildBankProfile(profileDocument(), AT);
  return {
    'valid-profile': reads('A bank’s profile', ['E-1', 'E-2'], signAs('bank', profile)),
    'valid-offer': reads('An offer', ['E-1', 'E-2'], offerEvent),
    'valid-attestation': reads(
      'An attestation on a business',
      ['E-2'],
      signAs('bank', buildAttestation(attestation, AT)),
    ),
    'valid-consent': reads('A consent', ['E-2'], signAs('business', buildSignature(consent, AT))),
    'valid-appointment': reads(
      'An appointment',
      ['E-2'],
      signAs('arbiter', buildSignature(appointment, AT)),
    ),
  };
}

function loanCases(loan: Loan): Cases {
  const acceptance = loan.sign('investor', AT + 1);
  const tick = { n: 0, amountUnits: 100_000_000n };
  const { request, receipt } = loan.pay('disbursement', [tick], AT + 9);
  const cash = {
    v: 1 as const,
    type: 'cash' as const,
    contract: loan.root,
    leg: 'repayment' as const,
    units: '5000000',
    receivedAtSec: AT,
    method: 'cash' as const,
    prev: [],
  };
  const withdrawal = loan.withdraw('investor', AT + 2);
  const received = loan.acknowledge('business', request, [0], AT + 10);
  const objection = loan.object('business', request, [0], AT + 11, AT + 10);
  const claimed = claim(loan, 0, AT + 12);
  const inCash = signAs('investor', buildAcknowledgement(cash, AT));
  return {
    'valid-contract': reads('A contract with its offer', ['E-3', 'C-2'], loan.events[0]),
    'valid-acceptance': reads('An acceptance with its contract', ['E-3', 'C-10'], acceptance),
    'valid-withdrawal': reads('A withdrawal', ['E-2'], withdrawal),
    'valid-request': reads('A payment request', ['P-3', 'P-4'], request),
    'valid-receipt': reads('A receipt with its request', ['E-3', 'P-5', 'P-7'], receipt),
    'valid-received': reads('An acknowledgement', ['E-2'], received),
    'valid-objection': reads('An objection that states a time', ['E-2'], objection),
    'valid-cash': reads('Cash received', ['E-2'], inCash),
    'valid-claim': reads('A claim', ['E-2'], claimed),
    'valid-approval': reads(
      'An approval with its claim',
      ['E-3', 'S-1'],
      decide(loan, 'approval', claimed, AT + 13),
    ),
    'valid-refusal': reads(
      'A refusal with its claim',
      ['E-3', 'S-1'],
      decide(loan, 'refusal', claimed, AT + 13),
    ),
    'valid-arrears': reads('An arrears notice', ['E-2'], give(loan, 'arrears', AT + 14)),
    'valid-default': reads('A default notice', ['E-2'], give(loan, 'default', AT + 14)),
    'valid-closure': reads('A closure', ['E-2'], loan.close(AT + 20)),
  };
}

function fundingCases(loan: Loan): Cases {
  const funding = {
    v: 1 as const,
    type: 'fundingReached' as const,
    offer: {
      id: loan.offer.event.id,
      address: offerAddress(publicOf('bank'), loan.offer.document.identifier),
    },
    contracts: [loan.root],
    totalUnits: '1000000000',
    prev: [],
  };
  return {
    'valid-funding': reads('Funding reached', ['C-13'], signAs('bank', buildNotice(funding, AT))),
    'author-role': refuses(
      'Funding reached, announced by a stranger',
      ['C-13'],
      'AUTHOR_ROLE',
      signAs('stranger', buildNotice(funding, AT)),
    ),
  };
}

function formCases(): Cases {
  const signed = (template: Partial<Template>): SignedEvent =>
    signAs('bank', { ...offer, ...template });
  const wide = { kind: 2813, tags: [], content: JSON.stringify({ v: 'é'.repeat(30_001) }) };
  const { sig: _sig, ...unsigned } = offerEvent;
  return {
    'event-shape': refuses('No signature', ['E-4'], 'EVENT_SHAPE', unsigned),
    'event-shape-time': refuses('A time that is no whole number', ['E-4'], 'EVENT_SHAPE', {
      ...offerEvent,
      created_at: 1.5,
    }),
    'event-size': refuses('More than 60,000 bytes', ['E-5'], 'EVENT_SIZE', signed(wide)),
    'event-id': refuses('A later date', ['E-6'], 'EVENT_ID', { ...offerEvent, created_at: AT + 1 }),
    'event-signature': refuses('Somebody else’s signature', ['E-7'], 'EVENT_SIGNATURE', {
      ...offerEvent,
      sig: signAs('business', offer).sig,
    }),
    'kind-unknown': refuses('Kind 1', ['E-8'], 'KIND_UNKNOWN', signed({ kind: 1 })),
    'kind-reserved': refuses('Kind 2825', ['E-8'], 'KIND_UNKNOWN', signed({ kind: 2825 })),
    'content-size': refuses(
      'An offer of more than 12,000 bytes in fewer characters',
      ['E-9'],
      'CONTENT_SIZE',
      signed({ content: JSON.stringify('é'.repeat(6_000)) }),
    ),
    'content-json': refuses(
      'Content that breaks off',
      ['E-10'],
      'CONTENT_JSON',
      signed({ content: offer.content.slice(0, -1) }),
    ),
    'tags-more': refuses(
      'One tag too many',
      ['E-15', 'E-2'],
      'TAGS_MISMATCH',
      signed({ tags: [...offer.tags, ['t', 'more']] }),
    ),
    'tags-order': refuses(
      'Tags in another order',
      ['E-15'],
      'TAGS_MISMATCH',
      signed({ tags: [...offer.tags].reverse() }),
    ),
    precedence: refuses(
      'Unknown field and wrong tags: the first code counts',
      ['E-17'],
      'CONTENT_SCHEMA',
      signAs('bank', { ...changed((document) => ({ ...document, extra: 1 })), tags: [] }),
    ),
  };
}

function canonicalCases(): Cases {
  const text = (name: string, from: string, to: string): Vector =>
    refuses(
      name,
      ['E-11', 'E-1'],
      'CONTENT_CANONICAL',
      signAs('bank', { ...offer, content: offer.content.replace(from, to) }),
    );
  return {
    'canonical-space': text('A space before a value', '"v":1', '"v": 1'),
    'canonical-twice': text('A key written twice', '"v":1', '"v":1,"v":1'),
    'canonical-null': text('A null', '"v":1', '"v":null'),
    'canonical-fraction': text('A fraction', '1200', '1200.5'),
    'canonical-exponent': text('An exponent', '1200', '1.2e3'),
    'canonical-minus-zero': text('Minus zero', '1200', '-0'),
    'canonical-large': text('An integer above 2^53−1', '1200', '9007199254740992'),
    'canonical-surrogate': text('A lone surrogate', 'A second oven', String.raw`A \ud800 oven`),
    'canonical-escape': text('An escape where none is due', 'A second', String.raw`\u0041 second`),
    'canonical-order': text('Keys out of order', '{"amountSought', '{"zzz":1,"amountSought'),
  };
}

function schemaCases(): Cases {
  const schema = (name: string, change: (document: Record<string, unknown>) => object): Vector =>
    refuses(name, ['E-13'], 'CONTENT_SCHEMA', changed(change));
  const amount = (name: string, amountSoughtUnits: unknown): Vector =>
    refuses(
      name,
      ['M-1', 'E-13'],
      'CONTENT_SCHEMA',
      changed((document) => ({ ...document, amountSoughtUnits })),
    );
  return {
    'content-version': refuses(
      'Version 2',
      ['E-12'],
      'CONTENT_VERSION',
      changed((document) => ({ ...document, v: 2 })),
    ),
    'schema-unknown': schema('An unknown field', (document) => ({ ...document, extra: 1 })),
    'schema-lacking': schema('No title', ({ title: _title, ...document }) => document),
    'schema-range': schema('A rate of −1', (document) => ({ ...document, rateBps: -1 })),
    'schema-proto': schema('A key named __proto__', (document) =>
      Object.assign(JSON.parse('{"__proto__":{}}') as object, document),
    ),
    'amount-number': amount('An amount as a number', 3_000_000_000),
    'amount-empty': amount('An empty amount', ''),
    'amount-hex': amount('A hexadecimal amount', '0x10'),
    'amount-zeros': amount('An amount with leading zeros', '03000000000'),
    'amount-sign': amount('An amount with a sign', '+3000000000'),
    'amount-beyond': amount('More than there will ever be', '2100000000000000001'),
  };
}

/** Folder `events`. */
export function readingCases(): Cases {
  const loan = new Loan();
  return {
    ...listingCases(),
    ...fundingCases(loan),
    ...loanCases(loan),
    ...formCases(),
    ...canonicalCases(),
    ...schemaCases(),
  };
}
