/** What an offer asks of the business in whose name it is made, before it says that it is right. */
import type { ParsedOffer } from '@realyield/protocol';
import { amountText } from '../../amount.ts';
import { plannedSchedule, previewContract } from './offers.ts';
import { backHow, priceFact } from './terms-plan.ts';

/** The amount, the price and how it comes back, each a sentence. */
export function offeredTerms(offer: ParsedOffer, nowSec: number): readonly string[] {
  const { amountSoughtUnits, denomination } = offer.document;
  const contract = previewContract(offer, BigInt(amountSoughtUnits), nowSec);
  const price = priceFact(offer.document);
  const sought = amountText(BigInt(amountSoughtUnits), denomination);
  const back = contract && backHow(contract, plannedSchedule(contract).instalments);
  return [
    `You are lent up to ${sought}.`,
    `${price.label}: ${price.text}, ${price.note ?? ''}.`,
    ...(back === undefined ? [] : [`Where all of it is lent, it comes back ${back}.`]),
  ];
}
