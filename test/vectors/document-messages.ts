/** Vectors of messages that hand over documents, in the folder `conversation`. */
import { canonicalize } from '@realyield/protocol';
import { hashOf } from '../fixtures/loan.ts';
import type { Cases, Vector } from './vector.ts';

/** Messages about documents; `reads` and `refused` make the vectors of the folder. */
export function documentMessageCases(
  reads: (name: string, content: object) => Vector,
  refused: (name: string, requires: string[], content: string) => Vector,
): Cases {
  const [transfer, blob] = [hashOf('transfer'), hashOf('blob')];
  const wanted = { v: 1, type: 'documentWanted', sha256: hashOf('plain'), transfer };
  const piece = { v: 1, type: 'documentPiece', transfer, blob, n: 0, data: 'AAECAw==' };
  const delivery = {
    ...{ v: 1, type: 'documentDelivery', transfer, sizeBytes: 262_144, blob },
    ...{ key: hashOf('key'), nonce: hashOf('nonce').slice(0, 24) },
  };
  const stored = { ...delivery, sizeBytes: 26_214_400, servers: ['https://files.example.org'] };
  const illStored = (name: string, changes: object): Vector =>
    refused(name, ['T-30'], canonicalize({ ...stored, ...changes }));
  const odd = (name: string, content: object): Vector =>
    refused(name, ['T-1'], canonicalize(content));
  return {
    'document-wanted': reads('A question for a document', wanted),
    'document-lacking': reads('A question for two pieces', { ...wanted, lacking: [0, 12] }),
    'document-delivery': reads('A document is announced', delivery),
    'document-delivery-stored': reads('A document on a server', stored),
    'document-piece': reads('A piece of a document', piece),
    'document-refusal': reads('A document for parties only', {
      ...{ v: 1, type: 'documentRefusal', transfer, code: 'partiesOnly' },
    }),
    'document-lacking-order': odd('Pieces out of order', { ...wanted, lacking: [1, 0] }),
    'document-piece-beyond': odd('A piece too many', { ...piece, n: 13 }),
    'document-stored-nowhere': refused(
      'A large document on no server',
      ['T-30'],
      canonicalize({ ...delivery, sizeBytes: 262_145 }),
    ),
    'document-stored-small': illStored('A small document on a server', { sizeBytes: 262_144 }),
    'document-stored-beyond': illStored('A document too large', { sizeBytes: 26_214_401 }),
    'document-stored-path': illStored('A path', { servers: ['https://files.example.org/x'] }),
    'document-stored-plain': illStored('No https', { servers: ['http://files.example.org'] }),
    'document-piece-base64': odd('No padding', { ...piece, data: 'AAECAw' }),
  };
}
