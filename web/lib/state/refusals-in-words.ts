/**
 * A refusal as one sentence on screen, with what to do: the protocol's own sentence says what is
 * wrong, which is not enough where a price is missing or does not fit. Spec: specs/prices.md.
 */
import { sentenceFor, type Reject, type RejectCode } from '@realyield/protocol';
import { networkWords } from './views/network-words.ts';

const TRY_LATER = 'Try again in a minute; if it stays so, look whether your relays carry prices.';
const UNPAID = 'Nothing was paid at it.';
const TELL = 'It is asked for again; if it goes on, tell who asks.';

/** What to do about refusals for a price or a currency. */
const ADVICE: Readonly<Partial<Record<RejectCode, string>>> = {
  PRICE_UNPROVEN: TRY_LATER,
  PRICE_MINUTE: `${UNPAID} Look whether this device’s clock is right. ${TELL}`,
  PRICE_UNKNOWN: `${UNPAID} ${TELL}`,
  PRICE_MISMATCH: `${UNPAID} ${TELL}`,
  DENOMINATION_MISMATCH: `${UNPAID} ${TELL}`,
};

type PublicNetwork = 'mainnet' | 'testnet' | 'signet';

const isPublicNetwork = (network: string | undefined): network is PublicNetwork =>
  ['mainnet', 'testnet', 'signet'].includes(network ?? '');

/** The sentence for a refusal. */
export function refusalInWords({ code, detail }: Pick<Reject, 'code' | 'detail'>): string {
  if (code === 'CONTENT_TERMS' && detail !== undefined && /^[A-Z]{3}$/.test(detail)) {
    return (
      `The currency ${detail} is not known to this browser, so its amounts cannot be shown ` +
      'safely. Nothing was signed; ask the bank which currency it means.'
    );
  }
  if (code === 'BLOCK_UNKNOWN' && isPublicNetwork(detail)) {
    return (
      `You have set no source for ${networkWords(detail)}, the chain of this contract, and this ` +
      'step names a block of it. Nothing was signed. Set one under Settings, Sources of the chain.'
    );
  }
  const advice = ADVICE[code];
  return advice === undefined ? sentenceFor(code) : `${sentenceFor(code)} ${advice}`;
}
