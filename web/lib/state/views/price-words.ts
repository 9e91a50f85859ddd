/** How a payment in a currency was priced: sats, price, minute and whose. Spec: specs/prices.md. */
import {
  priceOf,
  type ContractState,
  type ParsedReceipt,
  type Payment,
  type RequestDocument,
} from '@realyield/protocol';
import type { CheckView } from '../../components/models.ts';
import { formatDateTime, formatPlural, satText } from '../../format.ts';
import { priceText, quorumWords } from './denominations.ts';

/** What is said of a payment's price; nothing of one in a contract in bitcoin. */
export interface PricedWords {
  readonly words: readonly string[];
  readonly checks: readonly CheckView[];
  /** The payee named the price and no quorum stands behind it (PR-12). */
  readonly isUnproven: boolean;
}

const NONE: PricedWords = { words: [], checks: [], isUnproven: false };
const MINUTE_SEC = 60;

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}

/** The price a payment was made at, as text: the oracles', or what msat and units come to. */
export function pricedWords(
  { contract, unprovenPrices }: ContractState,
  { document }: ParsedReceipt,
  paid: readonly Payment[],
): PricedWords {
  const { denomination } = contract.document;
  const { priced } = document.request.content as unknown as RequestDocument;
  const msat = sumOf(paid.map(({ amountMsat }) => amountMsat));
  if (denomination.type === 'msat' || !priced || msat === 0n) return NONE;
  const isUnproven = unprovenPrices.includes(document.request.id);
  const units = sumOf(paid.map(({ amountUnits }) => amountUnits));
  const named = (units * 100_000n) / msat;
  const agreed = isUnproven ? undefined : priceOf(priced.prices, denomination);
  const price = agreed ?? named;
  const about = agreed === undefined ? 'about ' : '';
  const minute = formatDateTime(priced.minute * MINUTE_SEC);
  return {
    words: [
      `${satText(msat)} over Lightning at ${about}${priceText(price, denomination)} for a ` +
        `bitcoin, ${minute}`,
    ],
    checks: [
      {
        label: `The price is that of ${quorumWords(denomination)} of the contract`,
        state: isUnproven ? 'failed' : 'ok',
        detail: isUnproven
          ? 'too few gave one: the payee named it and the payer paid it, so it counts'
          : `${formatPlural(priced.prices.length, 'signed price')} in the request`,
      },
    ],
    isUnproven,
  };
}
