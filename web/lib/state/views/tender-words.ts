/** Tenders in a contract's history, in words. */
import type { ContractState, ParsedTender, ParsedTenderAnswer } from '@realyield/protocol';
import { amountOf } from '../../amount.ts';
import type { Words } from './timeline-words.ts';

/** What a tender is called, and what has become of it. */
export function tenderWords(state: ContractState, { event, document }: ParsedTender): Words {
  const tender = state.tenders.find(({ id }) => id === event.id);
  const sum = document.units.reduce((total, units) => total + BigInt(units), 0n);
  const amount = amountOf(sum, state.contract.document.denomination);
  const title = 'Offered to pay: the payee does not ask for it';
  if (tender?.isVoid) {
    const detail = 'Of no effect: it could have been paid';
    return { title, detail, amount, tone: 'problem', checks: [] };
  }
  const days = tender ? Math.max(0, tender.toDay - tender.fromDay + 1) : 0;
  const detail = days === 0 ? 'It came after a notice of arrears' : `Not late for ${days} days`;
  return { title, detail, amount, tone: 'waiting', checks: [] };
}

/** What an answer is called, and whether it ends the tender. */
export function tenderAnswerWords(state: ContractState, { event }: ParsedTenderAnswer): Words {
  const tender = state.tenders.find(({ answer }) => answer?.id === event.id);
  const isEffective = tender?.answer?.atSec !== undefined;
  return {
    title: 'Asked for in public, with an invoice',
    detail: isEffective
      ? 'The debtor has three days from when it was noticed'
      : 'Only the payee speaks of it so far',
    checks: [{ label: 'The invoice is for what was offered and can be paid', state: 'ok' }],
  };
}
