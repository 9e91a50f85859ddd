/** Documents as lists show them: where each stands for this reader. */
import type { OfferDocument } from '@realyield/protocol';
import type { DocumentAct, DocumentView } from '../../components/documents/models.ts';
import type { StatusView } from '../../components/models.ts';
import type { Documents } from '../../engine/documents/documents.ts';
import type { Transfer, TransferState } from '../../engine/documents/transfer.ts';

/** A document as an offer, a contract or a claim names it. */
export interface NamedDocument {
  readonly name: string;
  readonly sha256: string;
}

/** All documents an offer names, its legal text first. */
export function documentsOf(offer: OfferDocument): readonly NamedDocument[] {
  const { text } = offer.legal;
  const others = offer.documents.filter(({ sha256 }) => sha256 !== text?.sha256);
  return text ? [text, ...others] : others;
}

/** Who named the documents, and who reads them. */
export interface DocumentReader {
  /** Undefined while nobody is connected. */
  readonly documents: Documents | undefined;
  /** Whether the reader named them. */
  readonly isHolder: boolean;
  /** How the holder is called. */
  readonly holder: string;
  /** Who gets what is shown to parties only; unless said, the parties of a contract. */
  readonly getters?: string | undefined;
}

interface Stand {
  readonly status?: StatusView;
  readonly sentence: (holder: string) => string;
  readonly acts: readonly DocumentAct[];
}

const STANDS: Record<TransferState, Stand> = {
  asked: {
    status: { text: 'asked', tone: 'waiting' },
    sentence: (holder) =>
      `It comes when the client of ${holder} is open. You can close this page meanwhile.`,
    acts: ['cancel'],
  },
  arriving: {
    status: { text: 'arriving', tone: 'waiting' },
    sentence: () => 'It is on its way, in encrypted pieces.',
    acts: ['again', 'cancel'],
  },
  here: {
    status: { text: 'here, and the very file', tone: 'done' },
    sentence: () => '',
    acts: ['open'],
  },
  another: {
    status: { text: 'not this file', tone: 'problem' },
    sentence: (holder) =>
      `${holder} sent another file than the one named here. It was not kept. ` +
      'Ask why before you trust either.',
    acts: ['ask'],
  },
  damaged: {
    status: { text: 'damaged', tone: 'problem' },
    sentence: () => 'It did not arrive whole, and was not kept.',
    acts: ['ask'],
  },
  partiesOnly: {
    status: { text: 'for parties', tone: 'plain' },
    sentence: (holder) =>
      `${holder} shows it only to parties of a signed contract and to who serves it.`,
    acts: ['ask'],
  },
  otherMeans: {
    status: { text: 'too large to send here', tone: 'plain' },
    sentence: (holder) =>
      `${holder} hands it over by other means, by e-mail for example. ` +
      'Check your copy below when you have it.',
    acts: [],
  },
};

/** Who gets a document for parties only, from whoever signed the contract. */
const PARTIES = 'the parties of a contract you signed, and those it names';

function ownView(named: NamedDocument, documents: Documents, getters: string): DocumentView {
  const held = documents.library.find(named.sha256);
  const shared = held?.sharing === 'anyone' ? 'whoever asks' : getters;
  const sentence = held?.kept
    ? `This device hands it to ${shared}, while it is open.`
    : held
      ? 'It is too large to be kept here; you hand it over by other means.'
      : 'This device has no copy of it. Another one of yours hands it over; or choose it anew.';
  const acts: readonly DocumentAct[] = held?.kept ? ['open'] : [];
  const isLost = held === undefined;
  return { ...named, status: undefined, sentence, progress: undefined, acts, isLost };
}

/** How a document stands for its reader. */
export function documentView(named: NamedDocument, reader: DocumentReader): DocumentView {
  const { documents, isHolder, holder, getters = PARTIES } = reader;
  const nothing = { ...named, status: undefined, sentence: '', progress: undefined };
  if (!documents) return { ...nothing, acts: ['connect'] };
  if (isHolder) return ownView(named, documents, getters);
  const transfer: Transfer | undefined = documents.transfers.find(named.sha256);
  if (!transfer) return { ...nothing, acts: ['ask'] };
  const { status, sentence, acts } = STANDS[transfer.state];
  return {
    ...named,
    status,
    sentence: sentence(holder),
    progress: transfer.state === 'arriving' ? documents.transfers.progress(transfer) : undefined,
    acts,
  };
}
