/** Vectors of single documents that contradict themselves or what they embed. */
import {
  buildAttestation,
  buildContractEvent,
  buildMilestone,
  buildReceipt,
  buildRequest,
  buildSignature,
  embed,
  keyFactsHash,
  lastDueAtSec,
  REGISTER_START,
  verify,
  type AcceptanceDocument,
  type ContractDocument,
  type MilestoneDocument,
  type ReceiptDocument,
  type RequestDocument,
  type SignedEvent,
} from '@realyield/protocol';
import { hashOf, Loan, paymentHashOf, publicOf, signAs } from '../fixtures/loan.ts';
import { equalPlan } from '../fixtures/plans.ts';
import { claim, decide } from '../fixtures/steps.ts';
import { finish, type Cases, type Vector } from './vector.ts';

const AT = 1_800_000_000;
const DAY = 60;

function embedded(event: SignedEvent): ReturnType<typeof embed> {
  const checked = verify(event);
  if (!checked.ok) throw new Error(checked.code);
  return embed(checked.value);
}

type RefuseContract = (
  name: string,
  requires: string[],
  change: Partial<ContractDocument>,
  code?: string,
) => Vector;

function contractRefuser(loan: Loan): RefuseContract {
  const { document } = loan.contract;
  return (name, requires, change, code = 'CONTENT_TERMS') => {
    const event = signAs('investor', buildContractEvent({ ...document, ...change }, AT));
    return finish([code], { name, requires, event });
  };
}

function termCases(loan: Loan): Cases {
  const refused = contractRefuser(loan);
  const { document } = loan.contract;
  const [tranche] = document.tranches;
  if (!tranche) throw new Error('the fixture has a tranche');
  const { investor, business, bank } = document.parties;
  const plan = { ...equalPlan(1, 1, 1), due: document.plan.due } as const;
  const firstAtSec = lastDueAtSec(document);
  const every = (days: number, count: number, atSec: number): ContractDocument['plan'] => ({
    ...plan,
    due: { rule: 'days', firstAtSec: atSec, everyDays: days, count },
  });
  return {
    'contract-attester': refused('The investor approves', ['C-28'], {
      attester: investor.pubkey,
    }),
    'contract-due-early': refused('An instalment due before the start', ['C-29'], {
      plan: every(20, 600, document.startAtSec - 1),
    }),
    'contract-due-far': refused('Instalments beyond what a time can be', ['C-29'], {
      daySec: 86_400,
      plan: every(20, 600, 99_999_964_799),
    }),
    'contract-lapse-last': refused('A lapse after the last instalment', ['C-5'], {
      plan: every(1, 2, firstAtSec),
      tranches: [{ ...tranche, lapsesAtSec: firstAtSec + DAY + 1 }],
    }),
    'contract-day': refused('A minute’s day on mainnet', ['L-1'], { network: 'mainnet' }),
    'contract-parties': refused('One key in two roles', ['C-1'], {
      parties: { investor: business, business, bank },
    }),
    'contract-bank': refused('An offer of another bank', ['C-2'], {
      parties: { investor, business, bank: { ...bank, pubkey: publicOf('another bank') } },
    }),
    'contract-sum': refused('Tranches that lack a satoshi', ['C-4'], {
      principalUnits: '1000001000',
    }),
    'contract-ticks': refused('Ticks below a satoshi', ['C-4'], {
      principalUnits: '9000',
      tranches: [{ ...tranche, amountUnits: '9000' }],
    }),
    'contract-early': refused('A tranche before the start', ['C-5'], {
      tranches: [{ ...tranche, fromSec: document.startAtSec - 1 }],
    }),
    'contract-legal': refused('Real-life terms that contradict themselves', ['J-2'], {
      legal: { ...document.legal, prevails: 'legalText' },
    }),
    'contract-cooling-off': refused('A tranche that lapses within the cooling-off', ['J-5'], {
      coolingOffDays: 30,
    }),
    'contract-lapse': refused('A lapse after the due date', ['C-5'], {
      tranches: [{ ...tranche, lapsesAtSec: lastDueAtSec(document) + 1 }],
    }),
  };
}

function baseCases(loan: Loan): Cases {
  const refused = contractRefuser(loan);
  const [base] = loan.contract.document.bases;
  if (!base) throw new Error('the fixture has a base');
  const consent = (name: string, offer: string) => {
    const template = buildSignature({ v: 1, type: 'consent', offer, prev: [] }, AT);
    return { as: 'consent' as const, event: embedded(signAs(name, template)) };
  };
  const attestation = buildAttestation(
    {
      v: 1,
      subject: publicOf('stranger'),
      matter: 'visit',
      statement: 'Seen.',
      checkedAtSec: AT,
      documents: [],
    },
    AT,
  );
  const onStranger = { as: 'attestation' as const, event: embedded(signAs('bank', attestation)) };
  const spoilt = (name: string, other: ContractDocument['bases'][number]): Vector =>
    refused(name, ['C-3'], { bases: [base, other] }, 'EMBEDDED_MISMATCH');
  return {
    'contract-offer-twice': refused('The offer twice', ['C-2'], { bases: [base, base] }),
    'contract-base-kind': refused('A consent that claims to be an attestation', ['C-2'], {
      bases: [base, { ...consent('business', base.event.id), as: 'attestation' }],
    }),
    'contract-consent-author': spoilt('A stranger’s consent', consent('stranger', base.event.id)),
    'contract-consent-offer': spoilt(
      'A consent to another offer',
      consent('business', hashOf('another offer')),
    ),
    'contract-attestation': spoilt('An attestation on somebody else', onStranger),
  };
}

function acceptanceCases(loan: Loan): Cases {
  const other = new Loan({ principalUnits: 500_000_000n });
  const refused = (
    name: string,
    requirement: string,
    code: string,
    change: Partial<AcceptanceDocument>,
  ): Vector => {
    const document = {
      v: 1 as const,
      type: 'acceptance' as const,
      contract: loan.root,
      role: 'business' as const,
      terms: embed(loan.contract.event),
      keyFacts: keyFactsHash(loan.contract.document),
      prev: [],
      ...change,
    };
    const event = signAs('business', buildSignature(document, AT));
    return finish([code], { name, requires: [requirement], event });
  };
  const register = { serial: 1, previous: REGISTER_START };
  const altered = { ...embed(loan.contract.event), created_at: AT + 5 };
  return {
    'acceptance-terms': refused('Another contract’s terms', 'C-10', 'EMBEDDED_MISMATCH', {
      terms: embed(other.contract.event),
    }),
    'acceptance-altered': refused('Terms with another date', 'E-16', 'EMBEDDED_INVALID', {
      terms: altered,
    }),
    'acceptance-register': refused('A business with a register', 'C-11', 'CONTENT_TERMS', {
      register,
    }),
    'acceptance-serial': refused('A second entry without a first', 'C-11', 'CONTENT_TERMS', {
      role: 'bank',
      register: { ...register, serial: 2 },
    }),
    'acceptance-delegate': refused('The investor’s key as delegate', 'C-12', 'DELEGATE_CONFLICT', {
      delegate: publicOf('investor'),
    }),
  };
}

const preimage = hashOf('a preimage');

function requestOf(loan: Loan, change: Partial<RequestDocument>): SignedEvent {
  const requested: RequestDocument = {
    v: 1,
    type: 'request',
    contract: loan.root,
    leg: 'disbursement',
    notBeforeSec: AT,
    expiresAtSec: AT + 600,
    n: [0, 1],
    msat: ['100000000', '100000000'],
    paymentHash: [paymentHashOf(preimage), hashOf('second hash')],
    seen: [],
  };
  return signAs('business', buildRequest({ ...requested, ...change }, AT));
}

function requestCases(loan: Loan): Cases {
  const refused = (
    name: string,
    requirement: string,
    code: string,
    change: Partial<RequestDocument>,
  ): Vector => finish([code], { name, requires: [requirement], event: requestOf(loan, change) });
  const terms = 'CONTENT_TERMS';
  const twice = [hashOf('one'), hashOf('one')];
  return {
    'request-columns': refused('Two parts, one amount', 'P-3', terms, { msat: ['1'] }),
    'request-hash': refused('One hash for two parts', 'P-3', terms, { paymentHash: twice }),
    'request-zero': refused('A part of nothing', 'P-3', terms, { msat: ['0', '1'] }),
    'request-order': refused('Parts out of order', 'E-13', 'CONTENT_SCHEMA', { n: [1, 0] }),
    'request-window': refused('A window of a day and a second', 'P-4', 'PART_WINDOW', {
      expiresAtSec: AT + 86_401,
    }),
    'request-book-window': refused('A book of 35 days and a second', 'P-4', 'PART_WINDOW', {
      book: true,
      expiresAtSec: AT + 3_024_001,
    }),
    'request-empty': refused('An empty window', 'P-4', 'PART_WINDOW', { expiresAtSec: AT }),
  };
}

function receiptCases(loan: Loan): Cases {
  const refused = (
    name: string,
    requirement: string,
    code: string,
    change: Partial<ReceiptDocument>,
  ): Vector => {
    const receipt = {
      v: 1 as const,
      contract: loan.root,
      request: embedded(requestOf(loan, {})),
      n: [0],
      preimage: [preimage],
      prev: [],
      ...change,
    };
    const event = signAs('investor', buildReceipt(receipt, AT + 10));
    return finish([code], { name, requires: [requirement], event });
  };
  const elsewhere = embedded(requestOf(loan, { contract: hashOf('another contract') }));
  return {
    'receipt-columns': refused('Two parts, one preimage', 'P-5', 'CONTENT_TERMS', { n: [0, 1] }),
    'receipt-embeds': refused('An offer instead of a request', 'P-5', 'EMBEDDED_MISMATCH', {
      request: embed(loan.offer.event),
    }),
    'receipt-contract': refused('A request of another contract', 'P-6', 'CONTRACT_MISMATCH', {
      request: elsewhere,
    }),
    'receipt-part': refused('A part the request lacks', 'P-6', 'PART_UNKNOWN', { n: [2] }),
    'receipt-preimage': refused('Another preimage', 'P-7', 'PREIMAGE_MISMATCH', {
      preimage: [hashOf('another')],
    }),
  };
}

function decisionCases(loan: Loan): Cases {
  const claimed = claim(loan, 0, AT + 1);
  const approval = decide(loan, 'approval', claimed, AT + 2);
  const document = JSON.parse(approval.content) as MilestoneDocument;
  const refused = (name: string, code: string, change: object): Vector => {
    const event = signAs('bank', buildMilestone({ ...document, ...change }, AT + 2));
    return finish([code], { name, requires: ['S-1'], event });
  };
  const other = new Loan({ principalUnits: 500_000_000n });
  const elsewhere = embedded(claim(other, 0, AT + 1));
  const mismatch = 'EMBEDDED_MISMATCH';
  return {
    'decision-embeds': refused('An offer instead of a claim', mismatch, {
      claim: embed(loan.offer.event),
    }),
    'decision-decided': refused('A decision on a decision', mismatch, {
      claim: embedded(approval),
    }),
    'decision-tranche': refused('Another tranche than the claim’s', mismatch, { tranche: 1 }),
    'decision-contract': refused('A claim of another contract', 'CONTRACT_MISMATCH', {
      claim: elsewhere,
    }),
  };
}

/** Folder `agreement`: contracts, acceptances, requests, receipts. */
export function documentCases(): Cases {
  const loan = new Loan();
  return {
    ...termCases(loan),
    ...baseCases(loan),
    ...acceptanceCases(loan),
    ...requestCases(loan),
    ...receiptCases(loan),
    ...decisionCases(loan),
  };
}
