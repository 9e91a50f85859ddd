/**
 * Invoices as they are read on their way: the same text is looked at by whoever made it, checks
 * it, pays it and writes it in a log, and finding its node's key costs as much as a signature.
 */
import { parseBolt11, type Bolt11Invoice, type Result } from '@realyield/protocol';

const MOST_KEPT = 200;
const known = new Map<string, Result<Bolt11Invoice>>();

/** Reads an invoice; the last ones are remembered by their exact text. */
export function readInvoice(text: string): Result<Bolt11Invoice> {
  const found = known.get(text);
  if (found) return found;
  const read = parseBolt11(text);
  const [oldest] = known.keys();
  if (known.size >= MOST_KEPT && oldest !== undefined) known.delete(oldest);
  known.set(text, read);
  return read;
}
