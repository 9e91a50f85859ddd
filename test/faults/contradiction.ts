/** A payee that was silent and says in public that it was not. Spec: specs/tenders.md. */
import { buildTenderAnswer, embed } from '@realyield/protocol';
import type { Loan } from '../fixtures/loan.ts';
import type { Cast } from './cast.ts';

/**
 * Answers the last tender in public: now, or as of the moment it was made, with a request that
 * nobody was ever sent. Its invoice can be paid.
 */
export function contradict(
  cast: Cast,
  loan: Loan,
  amountUnits: bigint,
  isDatedBack: boolean,
): void {
  const nowSec = Math.floor(cast.time.nowMs / 1_000);
  const tenders = ['business', 'laptop'].flatMap((name) => {
    return cast.stateAt(name, loan.root)?.tenders ?? [];
  });
  const tender = tenders.at(-1);
  if (!tender) return;
  const { daySec } = loan.contract.document;
  // A debtor whose clock leapt has dated its tender ahead.
  const atSec = isDatedBack ? Math.min(nowSec, tender.atSec + 30) : nowSec;
  const expiresAtSec = nowSec + 7 * daySec;
  const invoice = cast.lightning.make(amountUnits, 'contradiction', expiresAtSec - nowSec);
  const { preimage = '' } = [...cast.lightning.ledger.values()].at(-1) ?? {};
  const part = { n: 0, amountUnits, preimage };
  const request = loan.request('repayment', [part], atSec, { expiresAtSec });
  const [parsed] = loan.signing.read(request);
  if (!parsed) throw new Error('the request does not read');
  const said = { contract: loan.root, tender: tender.id, invoices: [invoice], prev: [] };
  const document = { v: 1, type: 'tenderAnswer', request: embed(parsed.event), ...said } as const;
  const answer = loan.signing.sign('investor', buildTenderAnswer(document, atSec));
  for (const relay of cast.relays) relay.keep(answer);
}
