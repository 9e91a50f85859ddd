/** Who takes a sale: one's own wallet, or the bank that runs the till. */
import type { PaymentRecord, Wallet, WalletAnswer } from '../ports.ts';
import type { TillSale } from './sale.ts';

/** Makes the invoice of a sale, and says what became of it. */
export interface SaleTaker {
  /** The contract by which a bank is asked; undefined where it is one's own wallet. */
  readonly bank?: string;
  /** The network its invoices must be on, where no contract served says so. */
  readonly network?: string;
  makeInvoice(
    sale: TillSale,
    order: { readonly title: string; readonly expirySec: number },
  ): Promise<WalletAnswer<{ readonly invoice: string }>>;
  /** What became of it; `undefined` value: it is not paid as far as is known. */
  lookup(sale: TillSale): Promise<WalletAnswer<PaymentRecord | undefined>>;
}

/** A wallet that takes sales. */
export function walletTaker(wallet: Wallet | undefined): SaleTaker | undefined {
  if (!wallet) return undefined;
  return {
    makeInvoice: ({ amountMsat }, { title: description, expirySec }) =>
      wallet.makeInvoice({ amountMsat: BigInt(amountMsat), description, expirySec }),
    lookup: ({ paymentHash = '', invoice = '' }) => wallet.lookup({ paymentHash, invoice }),
  };
}
