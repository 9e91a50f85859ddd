/** Vectors of building, messages and invoices: folders `offers`, `conversation`, `delivery`. */
import {
  buildContractEvent,
  buildOffer,
  buildRequest,
  canonicalize,
  embed,
  lastDueAtSec,
  verify,
  type ContractDocument,
  type RequestDocument,
  type SignedEvent,
} from '@realyield/protocol';
import { writeInvoice, type InvoiceFields } from '../fixtures/invoices.ts';
import { hashOf, Loan, offerDocument, paymentHashOf, signAs } from '../fixtures/loan.ts';
import { buildCases } from './building.ts';
import { agreed, START, TICK } from './contracts.ts';
import { applicationMessageCases } from './application-messages.ts';
import { tillMessageCases } from './till-messages.ts';
import { documentMessageCases } from './document-messages.ts';
import { finish, type Cases, type Vector } from './vector.ts';

/** Folder `offers`. */
export function offerCases(): Cases {
  const loan = new Loan();
  const offer = signAs('bank', buildOffer(offerDocument(), START - 1000));
  const later = signAs('bank', buildOffer(offerDocument({ rateBps: 900 }), START - 500));
  const contractOf = (change: Partial<ContractDocument>): SignedEvent =>
    signAs('investor', buildContractEvent({ ...loan.contract.document, ...change }, START));
  const refused = (name: string, against: SignedEvent, change: Partial<ContractDocument>): Vector =>
    finish(['OFFER_MISMATCH'], {
      name,
      requires: ['C-9'],
      offer: against,
      contract: contractOf(change),
    });
  const { plan, daySec } = loan.contract.document;
  return {
    ...buildCases(),
    'compare-same': finish([], {
      name: 'Exactly the offer’s terms',
      requires: ['C-9'],
      offer,
      contract: contractOf({}),
    }),
    'compare-rate': refused('Another rate', offer, { rateBps: 1_100 }),
    'compare-due': refused('A later due date', offer, {
      plan: {
        ...plan,
        due: { rule: 'list', atSec: [lastDueAtSec({ plan, daySec }) + daySec] },
      },
    }),
    'compare-version': refused('Another version of the offer', later, {}),
  };
}

function embedOf(event: SignedEvent) {
  const checked = verify(event);
  if (!checked.ok) throw new Error(checked.code);
  return embed(checked.value);
}

/** What is signed and not yet, or never, public. */
function privateCases(loan: Loan, reads: (name: string, content: object) => Vector): Cases {
  const about = { v: 1, contract: loan.root };
  const terms = embed(loan.contract.event);
  const withdrawal = embedOf(loan.withdraw('investor', START + 2));
  return {
    terms: reads('Terms that nobody has accepted', { ...about, type: 'terms', terms }),
    withdrawal: reads('A withdrawal', { ...about, type: 'withdrawal', withdrawal }),
  };
}

/** Folder `conversation`. */
export function messageCases(): Cases {
  const loan = new Loan();
  const embedded = embedOf(loan.sign('investor', START + 1));
  const wanted = {
    v: 1,
    type: 'partsWanted',
    contract: loan.root,
    leg: 'disbursement',
    n: [0, 1],
    units: ['1000', '1000'],
  };
  const reads = (name: string, content: object): Vector =>
    finish([], { name, requires: ['T-1'], content: canonicalize(content) });
  const refused = (name: string, requires: string[], content: string): Vector =>
    finish(['MESSAGE_SHAPE'], { name, requires, content });
  const part = { n: 0, amountUnits: TICK, preimage: hashOf('p') };
  const request = verify(loan.request('disbursement', [part], START + 9));
  if (!request.ok) throw new Error(request.code);
  const delivery = {
    v: 1,
    type: 'requestDelivery',
    contract: loan.root,
    request: embed(request.value),
    invoices: ['lnbcrt1'],
  };
  const refusal = { v: 1, type: 'refusal', contract: loan.root, of: 'parts', code: 'paused' };
  return {
    ...documentMessageCases(reads, refused),
    ...applicationMessageCases(reads, refused),
    ...tillMessageCases(reads, refused),
    proposal: reads('A proposal', { v: 1, type: 'proposal', acceptance: embedded }),
    acceptance: reads('An acceptance', {
      v: 1,
      type: 'acceptance',
      contract: loan.root,
      acceptance: embedded,
    }),
    ...privateCases(loan, reads),
    'parts-wanted': reads('A question for two parts', wanted),
    delivery: reads('A delivery', delivery),
    'delivery-paid': reads('A delivery of a part that was paid', {
      ...delivery,
      paid: [{ n: 0, preimage: hashOf('p') }],
    }),
    refusal: reads('A refusal', { ...refusal, sentence: '' }),
    'not-canonical': refused('A space', ['T-1'], ` ${canonicalize(wanted)}`),
    'type-unknown': refused('An unknown type', ['T-1'], canonicalize({ ...wanted, type: 'hello' })),
    'field-unknown': refused('A field too many', ['T-1'], canonicalize({ ...wanted, extra: 1 })),
    'parts-amounts': refused(
      'Two parts, one amount',
      ['T-2'],
      canonicalize({ ...wanted, units: ['1000'] }),
    ),
    'delivery-many': refused(
      'Sixty-one invoices',
      ['T-3'],
      canonicalize({ ...delivery, invoices: new Array<string>(61).fill('lnbcrt1') }),
    ),
  };
}

const preimage = hashOf('delivered');

function requestFor(loan: Loan, change: Partial<RequestDocument>, name = 'business'): SignedEvent {
  const document: RequestDocument = {
    v: 1,
    type: 'request',
    contract: loan.root,
    leg: 'disbursement',
    notBeforeSec: START + 10,
    expiresAtSec: START + 600,
    n: [0],
    msat: [TICK.toString()],
    paymentHash: [paymentHashOf(preimage)],
    seen: [],
    ...change,
  };
  return signAs(name, buildRequest(document, START + 10));
}

interface Delivered {
  readonly name: string;
  readonly requires: string[];
  readonly codes?: string[];
  readonly invoice?: Partial<InvoiceFields> | string;
  readonly request?: SignedEvent;
  readonly nowSec?: number;
}

function delivered(loan: Loan, entry: Delivered): Vector {
  const right: InvoiceFields = {
    paymentHash: paymentHashOf(preimage),
    amountMsat: TICK,
    createdAtSec: START + 10,
    expirySec: 700,
  };
  const { invoice = {} } = entry;
  const text =
    typeof invoice === 'string' ? invoice : writeInvoice('node', { ...right, ...invoice });
  return finish(entry.codes ?? [], {
    name: entry.name,
    requires: entry.requires,
    root: loan.root,
    events: loan.events,
    request: entry.request ?? requestFor(loan, {}),
    invoices: [text],
    nowSec: entry.nowSec ?? START + 20,
  });
}

function askedCases(loan: Loan): Cases {
  const asked = (name: string, code: string, change: Partial<RequestDocument>, by = 'business') =>
    delivered(loan, {
      name,
      requires: ['T-4'],
      codes: [code],
      request: requestFor(loan, change, by),
    });
  const timed = (name: string, requirement: string, code: string, more: Partial<Delivered>) =>
    delivered(loan, { name, requires: [requirement], codes: [code], ...more });
  const late = requestFor(loan, { notBeforeSec: START + 141 });
  return {
    payable: delivered(loan, {
      name: 'A part that may be paid',
      requires: ['T-4', 'T-6', 'T-7', 'T-8'],
    }),
    'request-contract': asked('Another contract', 'CONTRACT_MISMATCH', { contract: hashOf('x') }),
    'request-author': asked('A stranger’s request', 'AUTHOR_ROLE', {}, 'stranger'),
    'request-part': asked('A tick the contract lacks', 'PART_UNKNOWN', { n: [10] }),
    'request-amount': asked('A tick’s amount and more', 'PART_AMOUNT', { msat: ['100001000'] }),
    'window-ahead': timed('A window that opens in two minutes', 'T-5', 'PART_WINDOW', {
      request: late,
    }),
    'invoice-expired': timed('After its time', 'T-8', 'INVOICE_EXPIRED', { nowSec: START + 710 }),
    'request-expired': timed('After the request’s time', 'T-8', 'INVOICE_EXPIRED', {
      nowSec: START + 600,
    }),
  };
}

function invoiceCases(loan: Loan): Cases {
  const refused = (
    name: string,
    requirement: string,
    code: string,
    invoice: Partial<InvoiceFields> | string,
  ): Vector => delivered(loan, { name, requires: [requirement], codes: [code], invoice });
  return {
    'invoice-network': refused('A mainnet invoice', 'T-6', 'INVOICE_NETWORK', { currency: 'bc' }),
    'invoice-hash': refused('Another payment hash', 'T-6', 'INVOICE_HASH_MISMATCH', {
      paymentHash: hashOf('another'),
    }),
    'invoice-amount': refused('A msat more', 'T-7', 'INVOICE_AMOUNT_MISMATCH', {
      amountMsat: TICK + 1n,
    }),
    'invoice-any-amount': refused('No amount', 'T-7', 'INVOICE_AMOUNT_MISMATCH', {
      amountMsat: undefined,
    }),
    'invoice-short': refused('Expires before its request', 'T-8', 'INVOICE_WINDOW', {
      expirySec: 589,
    }),
    'invoice-text': refused('No invoice at all', 'T-9', 'INVOICE_ENCODING', 'lnbcrt1'),
    'invoice-fraction': refused('A tenth of a msat', 'T-9', 'INVOICE_AMOUNT_ENCODING', {
      amountText: '1p',
    }),
    'invoice-fields': refused('No payment secret', 'T-9', 'INVOICE_FIELDS', { without: ['s'] }),
    'invoice-signature': refused('A signature that recovers no key', 'T-9', 'INVOICE_SIGNATURE', {
      recoveryId: 4,
    }),
  };
}

/** Folder `delivery`. */
export function deliveryCases(): Cases {
  const loan = agreed();
  return { ...askedCases(loan), ...invoiceCases(loan) };
}
