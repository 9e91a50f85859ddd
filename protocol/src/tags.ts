/**
 * Tags, derived from content by one function per kind; an event whose tags are not exactly these
 * is refused. Spec: specs/events.md, "Tags".
 */
import { TOPIC } from './params.ts';
import { Kind } from './kinds.ts';
import { unreachable } from './assert.ts';
import type { AcceptanceDocument, ContractDocument, SignatureDocument } from './kinds/agreement.ts';
import type { ChainReceiptDocument } from './kinds/chain-receipt.ts';
import type { BondDocument } from './kinds/bond.ts';
import type { DisputeDocument } from './kinds/dispute.ts';
import type { KeyDocument } from './kinds/key.ts';
import type { PriceDocument } from './kinds/price.ts';
import type { SalesDocument } from './kinds/sales.ts';
import type { TenderAnswerDocument, TenderDocument } from './kinds/tender.ts';
import type { MilestoneDocument } from './kinds/milestone.ts';
import type { ArbiterProfileDocument } from './kinds/arbiter.ts';
import type { AttestationDocument } from './kinds/attestation.ts';
import type { BankProfileDocument, OfferDocument } from './kinds/listings.ts';
import type {
  AcknowledgementDocument,
  ForwardDocument,
  NoticeDocument,
  ReceiptDocument,
  RequestDocument,
} from './kinds/money-events.ts';

/** Tags of an event. */
export type Tags = readonly (readonly string[])[];

const topic = ['t', TOPIC] as const;
const root = (contract: string): readonly string[] => ['e', contract, '', 'root'];

/** The address (NIP-01 `a` value) of an offer. */
export function offerAddress(bankPublicKey: string, identifier: string): string {
  return `${Kind.offer}:${bankPublicKey}:${identifier}`;
}

/** Tags of a bank profile: one per bank. */
export function bankProfileTags(document: BankProfileDocument): Tags {
  return [['d', 'profile'], topic, ['t', `country:${document.place.country}`]];
}

/** Tags of an arbiter's profile: one per arbiter. */
export function arbiterProfileTags(document: ArbiterProfileDocument): Tags {
  return [['d', 'arbiter'], topic, ['t', `country:${document.place.country}`]];
}

/** Tags of an offer. */
export function offerTags(document: OfferDocument): Tags {
  return [
    ['d', document.identifier],
    topic,
    ['t', `country:${document.business.place.country}`],
    ['p', document.business.pubkey, '', 'business'],
  ];
}

/** Tags of an attestation. */
export function attestationTags(document: AttestationDocument): Tags {
  return [
    ['d', `${document.subject}:${document.matter}`],
    topic,
    ['p', document.subject, '', 'subject'],
  ];
}

function partyTags(parties: ContractDocument['parties']): Tags {
  return [
    ['p', parties.investor.pubkey, '', 'investor'],
    ['p', parties.business.pubkey, '', 'business'],
    ['p', parties.bank.pubkey, '', 'bank'],
  ];
}

/** Tags of a contract; the offer is the base it embeds. */
export function contractTags(document: ContractDocument): Tags {
  const bases = document.bases.map((base) => ['e', base.event.id, '', base.as] as const);
  const { replaces } = document;
  const before = replaces ? [root(replaces.root), ['e', replaces.version, '', 'version']] : [];
  return [topic, ...before, ...bases, ...partyTags(document.parties)];
}

/** An acceptance of an amendment names the version it accepts. */
function versionTags({ contract, terms }: AcceptanceDocument): Tags {
  return terms.id === contract ? [] : [['e', terms.id, '', 'version']];
}

/** Tags of a signature. */
export function signatureTags(document: SignatureDocument): Tags {
  switch (document.type) {
    case 'acceptance':
      return [topic, root(document.contract), ['role', document.role], ...versionTags(document)];
    case 'withdrawal':
      return [topic, root(document.contract)];
    case 'consent':
    case 'appointment':
      return [topic, ['e', document.offer, '', 'offer']];
    default:
      return unreachable(document);
  }
}

/** Tags of a payment request. */
export function requestTags(document: RequestDocument): Tags {
  return [topic, root(document.contract)];
}

/** Tags of a bank's forward. */
export function forwardTags(document: ForwardDocument): Tags {
  return [topic, root(document.contract), ['e', document.request, '', 'request']];
}

/** Tags of a receipt. */
export function receiptTags(document: ReceiptDocument): Tags {
  return [
    topic,
    root(document.contract),
    ['e', document.request.id, '', 'request'],
    ['p', document.request.pubkey, '', 'payee'],
  ];
}

/** Tags of a receipt of a payment on the chain. */
export function chainReceiptTags({ contract, tender }: ChainReceiptDocument): Tags {
  return [topic, root(contract), ['e', tender.id, '', 'tender']];
}

/** Tags of an acknowledgement. */
export function acknowledgementTags(document: AcknowledgementDocument): Tags {
  switch (document.type) {
    case 'received': {
      const requests = document.items.map((item) => ['e', item.request, '', 'request'] as const);
      return [topic, root(document.contract), ...requests];
    }
    case 'objection':
      return [topic, root(document.contract), ['e', document.request, '', 'request']];
    case 'cash':
      return [topic, root(document.contract)];
    default:
      return unreachable(document);
  }
}

/** Tags of a milestone event. */
export function milestoneTags(document: MilestoneDocument): Tags {
  switch (document.type) {
    case 'claim':
      return [topic, root(document.contract)];
    case 'approval':
    case 'refusal':
      return [topic, root(document.contract), ['e', document.claim.id, '', 'claim']];
    default:
      return unreachable(document);
  }
}

/** Tags of a sale, which is no contract's, or of a report. */
export function salesTags(document: SalesDocument): Tags {
  if (document.type === 'sale') return [topic];
  return [topic, ...document.contracts.map((id) => root(id))];
}

/** Tags of a bond key, which is for a bank, or of a pledge, which is for offers. */
export function bondTags(document: BondDocument): Tags {
  if (document.type === 'bondKey') return [topic, ['p', document.bank, '', 'bank']];
  const { allocations, holders, outpoint } = document;
  const { arbiter, fallbackArbiter, trustee } = holders ?? {};
  const keys = [arbiter, fallbackArbiter, trustee].flatMap((each) => each ?? []);
  return [
    topic,
    ['t', `outpoint:${outpoint.txid}:${outpoint.vout}`],
    ...keys.map(({ id }) => ['e', id, '', 'key']),
    ...allocations.map(({ offer }) => ['t', `offer:${offer}`]),
  ];
}

/** Tags of a tender. */
export function tenderTags(document: TenderDocument): Tags {
  return [topic, root(document.contract)];
}

/** Tags of an answer to a tender. */
export function tenderAnswerTags(document: TenderAnswerDocument): Tags {
  return [topic, root(document.contract), ['e', document.tender, '', 'tender']];
}

/** Tags of a price: by currency and minute. */
export function priceTags({ currency, minute }: PriceDocument): Tags {
  return [topic, ['t', `price:${currency}`], ['t', `minute:${minute}`]];
}

/** Tags of a key event. */
export function keyTags(document: KeyDocument): Tags {
  return [topic, root(document.contract), ['role', document.role]];
}

/** Tags of a dispute step: its case, which an opening begins. */
export function disputeTags(document: DisputeDocument): Tags {
  if (document.type === 'open') return [topic, root(document.contract)];
  return [topic, root(document.contract), ['e', document.dispute, '', 'dispute']];
}

/** Tags of a notice. */
export function noticeTags(document: NoticeDocument): Tags {
  switch (document.type) {
    case 'closure':
    case 'arrears':
    case 'default':
    case 'acceleration':
    case 'writeOff':
    case 'takeover':
      return [topic, root(document.contract)];
    case 'fundingReached':
    case 'fundingFailed':
    case 'recovery':
      return [
        topic,
        ['a', document.offer.address],
        ['e', document.offer.id, '', 'offer'],
        ...document.contracts.map((id) => root(id)),
      ];
    default:
      return unreachable(document);
  }
}

/** Whether two tag lists are the same, in order. */
export function sameTags(a: Tags, b: Tags): boolean {
  return (
    a.length === b.length &&
    a.every((tag, index) => {
      const other = b[index] ?? [];
      return tag.length === other.length && tag.every((item, place) => item === other[place]);
    })
  );
}
