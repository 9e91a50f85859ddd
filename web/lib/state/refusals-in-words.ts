/**
 * A refusal as one sentence on screen, with what to do: the protocol's own sentence says what is
 * wrong, which is not enough where a price is missing or does not fit. Spec: specs/prices.md.
 */
import { sentenceFor, type Reject, type RejectCode } from '@realyield/protocol';

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

/** The sentence for a refusal. */
export function refusalInWords({ code, detail }: Pick<Reject, 'code' | 'detail'>): string {
  if (code === 'CONTENT_TERMS' && detail !== undefined && /^[A-Z]{3}$/.test(detail)) {
    return (
      `The currency ${detail} is not known to this browser, so its amounts cannot be shown ` +
      'safely. Nothing was signed; ask the bank which currency it means.'
    );
  }
  const advice = ADVICE[code];
  return advice === undefined ? sentenceFor(code) : `${sentenceFor(code)} ${advice}`;
}
