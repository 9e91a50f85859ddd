/** What the tests of wallets share. */
import { createHash } from 'node:crypto';
import type { RawNwcClient } from './raw-nwc-client.ts';

/** The first example of BOLT 11, for mainnet. */
export const MAINNET_INVOICE =
  'lnbc1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfq' +
  'qqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpl2pkx2ctnv5sxxmmwwd5kgetjypeh2ursdae8g6twvus8g6rfwv' +
  's8qun0dfjkxaq9qrsgq357wnc5r2ueh7ck6q93dj32dlqnls087fxdwk8qakdyafkq3yap9us6v52vjjsrvywa6r' +
  't52cm9r9zqt8r2t7mlcwspyetp5h2tztugp9lfyql';

/** An invoice that was asked for. */
export interface Asked {
  readonly invoice: string;
  readonly hash: string;
}

/** Asks a wallet for an invoice; amounts in msat. */
export async function ask(client: RawNwcClient, amount: number, more: object = {}): Promise<Asked> {
  const order = { amount, description: 'test', expiry: 600, ...more };
  const made = await client.get('make_invoice', order);
  return { invoice: String(made['invoice']), hash: String(made['payment_hash']) };
}

/** SHA-256 of hex, as hex. */
export function sha256(hex: string): string {
  return createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex');
}
