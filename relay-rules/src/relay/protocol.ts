/**
 * What the embedded relay uses of the protocol package.
 */
export { sentenceFor } from '../../../protocol/src/result.ts';
export {
  MAX_CONTENT_BYTES,
  parseEvent,
  type SignedEvent,
  type VerifiedEvent,
} from '../../../protocol/src/verify.ts';
