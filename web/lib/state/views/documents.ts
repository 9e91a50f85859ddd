/** Documents as lists show them: where each stands for this reader. */
import { MAX_SHARED_BYTES, MAX_STORED_BYTES, type OfferDocument } from '@realyield/protocol';
import type {
  DocumentAct,
  DocumentProgress,
  DocumentView,
} from '../../components/documents/models.ts';
import { formatBytes } from '../../format.ts';
import type { StatusView } from '../../components/models.ts';
import type { Documents } from '../../engine/documents/documents.ts';
import type { HeldDocument } from '../../engine/documents/library.ts';
import { serverOf } from '../../engine/documents/fetches.ts';
import type { Upload, Uploads } from '../../engine/documents/uploads.ts';
import type { ServerProblem } from '../../storage/blossom.ts';
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

const STANDS: Record<Exclude<TransferState, 'stored'>, Stand> = {
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
      `It waits at no server yet: ask again later. Or ${holder} hands it over by other means, ` +
      'by mail for example: check your copy below when you have it.',
    acts: ['ask'],
  },
};

/** Who gets a document for parties only, from whoever signed the contract. */
const PARTIES = 'the parties of a contract you signed, and those it names';

type Way = Omit<DocumentView, 'name' | 'sha256' | 'isLost'>;

/** What a server did, in words, where a document is fetched from it. */
const FETCH_PROBLEMS: Record<ServerProblem, (host: string) => string> = {
  unreachable: (host) => `${host} did not answer, broke off, or sent on to another address.`,
  notFound: (host) => `${host} does not have it any more. Ask for it again, or try later.`,
  refused: (host) => `${host} does not hand it over.`,
  tooLarge: (host) => `${host} does not hand it over.`,
  payment: (host) => `${host} wants to be paid before it hands it over.`,
  busy: (host) => `${host} cannot hand it over now.`,
  otherBytes: (host) => `${host} sent something else. It was not kept.`,
};

/** And where it is uploaded. */
const UPLOAD_PROBLEMS: Record<ServerProblem, (host: string) => string> = {
  unreachable: (host) => `${host} did not answer, or broke off.`,
  notFound: (host) => `${host} takes no uploads: it may be no Blossom server.`,
  refused: (host) =>
    `${host} refused it: some servers take files only from keys they know. Name another one.`,
  tooLarge: (host) => `${host} takes no file of this size. Name another server.`,
  payment: (host) => `${host} wants to be paid first. Name another server.`,
  busy: (host) => `${host} cannot take it now. Try again later.`,
  otherBytes: (host) => `${host} did not confirm that it has the very file.`,
};

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url);

/** How far so many bytes are. */
function bytesOf(have: number, of: number): DocumentProgress {
  return { have, of, label: `${formatBytes(have)} of ${formatBytes(of)}` };
}

/** A document that waits at a server for its reader. */
function storedView(transfer: Transfer, documents: Documents): Way {
  const size = transfer.head?.sizeBytes ?? 0;
  const server = serverOf(transfer);
  const have = documents.fetches.progress(transfer.sha256);
  const host = hostOf(server ?? '');
  if (have !== undefined) {
    const status = { text: 'arriving', tone: 'waiting' } as const;
    const sentence = `It is fetched, encrypted, from ${host}.`;
    return { status, sentence, progress: bytesOf(have, size), acts: ['stop'] };
  }
  const { problem } = transfer;
  const sentence =
    problem === undefined
      ? `It waits, encrypted, at ${host}, which sees that you fetch it and from where.`
      : `${FETCH_PROBLEMS[problem](host)} Nothing is lost: fetch it again, or ask again.`;
  return {
    status: problem && { text: 'not fetched', tone: 'problem' },
    sentence,
    progress: undefined,
    acts: ['fetch', 'ask'],
    words: { fetch: `Fetch ${formatBytes(size)} from ${host}`, ask: 'Ask again' },
  };
}

/** A large document of the reader's own: at a server, on its way there, or not. */
function uploadView(held: HeldDocument, documents: Documents, shared: string): Way {
  const { uploads } = documents;
  const upload = uploads.find(held.sha256);
  const host = hostOf(upload?.server ?? '');
  if (upload && upload.problem === undefined) {
    const status = { text: 'uploading', tone: 'waiting' } as const;
    const progress = bytesOf(upload.sentBytes, held.sizeBytes);
    return {
      status,
      sentence:
        upload.sentBytes < held.sizeBytes
          ? `It goes, encrypted, to ${host}.`
          : `All of it went to ${host}, which has not said yet that it has it.`,
      progress,
      acts: ['stop', 'open'],
    };
  }
  const [at] = held.servers ?? [];
  const placed =
    at === undefined
      ? `It is larger than ${formatBytes(MAX_SHARED_BYTES)}: it goes by way of a server, ` +
        'or by other means.'
      : `It waits, encrypted, at ${hostOf(at)}; this device hands ${shared} the key.`;
  const status: StatusView = upload
    ? { text: 'not uploaded', tone: 'problem' }
    : at === undefined
      ? { text: 'not uploaded yet', tone: 'waiting' }
      : { text: 'uploaded', tone: 'done' };
  return {
    status,
    sentence: upload?.problem
      ? `${UPLOAD_PROBLEMS[upload.problem](host)} ` +
        (at === undefined ? 'Nothing is lost: it is on this device.' : placed)
      : placed,
    progress: undefined,
    ...uploadActs(uploads, upload, held),
  };
}

/** What can be done about a large document that is at a server, or nowhere. */
function uploadActs(
  { server }: Uploads,
  failed: Upload | undefined,
  { sizeBytes, servers }: HeldDocument,
): Pick<Way, 'acts' | 'words'> {
  const [at] = servers ?? [];
  const host = hostOf(server ?? '');
  if (server === undefined) {
    return at === undefined
      ? { acts: ['server', 'open'], words: { server: 'Name a server for it' } }
      : { acts: ['open'] };
  }
  if (failed) {
    const again = failed.server === server ? `Try ${host} again` : `Upload it to ${host}`;
    const words = { upload: again, server: 'Name another server' };
    return { acts: ['upload', 'server', 'open'], words };
  }
  // A server may have dropped what it had.
  if (at === server) return { acts: ['open', 'upload'], words: { upload: 'Upload it again' } };
  const words = { upload: `Upload ${formatBytes(sizeBytes)} to ${host}` };
  return { acts: ['upload', 'open'], words };
}

function ownView(named: NamedDocument, documents: Documents, getters: string): DocumentView {
  const held = documents.library.find(named.sha256);
  const shared = held?.sharing === 'anyone' ? 'whoever asks' : getters;
  if (held?.kept && held.sizeBytes > MAX_SHARED_BYTES) {
    return { ...named, ...uploadView(held, documents, shared) };
  }
  const sentence = held?.kept
    ? `This device hands it to ${shared}, while it is open.`
    : held
      ? `It is larger than ${formatBytes(MAX_STORED_BYTES)}; you hand it over by other means.`
      : 'This device has no copy of it. Another one of yours hands it over; or choose it anew.';
  const acts: readonly DocumentAct[] = held?.kept ? ['open'] : [];
  const isLost = held === undefined;
  return { ...named, status: undefined, sentence, progress: undefined, acts, isLost };
}

function piecesOf(transfer: Transfer, documents: Documents): DocumentProgress {
  const { have, of } = documents.transfers.progress(transfer);
  return { have, of, label: `${have} of ${of} pieces` };
}

/** How a document stands for its reader. */
export function documentView(named: NamedDocument, reader: DocumentReader): DocumentView {
  const { documents, isHolder, holder, getters = PARTIES } = reader;
  const nothing = { ...named, status: undefined, sentence: '', progress: undefined };
  if (!documents) return { ...nothing, acts: ['connect'] };
  if (isHolder) return ownView(named, documents, getters);
  const transfer: Transfer | undefined = documents.transfers.find(named.sha256);
  if (!transfer) return { ...nothing, acts: ['ask'] };
  if (transfer.state === 'stored') return { ...named, ...storedView(transfer, documents) };
  const { status, sentence, acts } = STANDS[transfer.state];
  return {
    ...named,
    status,
    sentence: sentence(holder),
    progress: transfer.state === 'arriving' ? piecesOf(transfer, documents) : undefined,
    acts,
  };
}
