/** Constants of the protocol. Spec: specs/events.md and specs/contract.md. */

/** Version written into every document. */
export const PROTOCOL_VERSION = 1;

/** Topic tag every public event of this protocol carries, for relay filters. */
export const TOPIC = 'realyield';

/** Longest payment window of a live request, seconds. */
export const MAX_LIVE_WINDOW_SEC = 86_400;

/** Longest payment window of a request in a book, seconds: 35 days. */
export const MAX_BOOK_WINDOW_SEC = 3_024_000;

/** How long before they are due ticks may be put into a book, seconds: 34 days. */
export const MAX_BOOK_AHEAD_SEC = 2_937_600;

/** Most parts one delivery may have invoices for: what fits a wrap. */
export const MAX_DELIVERED_PARTS = 60;

/** How far two parties' clocks may differ before a payer takes a window as not open, seconds. */
export const CLOCK_TOLERANCE_SEC = 60;

/** The most one sale may come to at a till that a bank runs, msat. */
export const MAX_TILL_SALE_MSAT = 100_000_000_000n;

/** Most parts one tender may offer. */
export const MAX_TENDERED_PARTS = 10;

/** A tender covers so many contract days, its own the first. */
export const TENDER_DAYS = 7;

/** So many contract days a debtor has once its tender is answered. */
export const TENDER_ANSWER_DAYS = 3;

/** After so many contract days of silence a debtor may pay to the fallback address. */
export const FALLBACK_SILENCE_DAYS = 14;

/** A payment on the chain counts with so many blocks, its own the first. */
export const CHAIN_CONFIRMATIONS = 6;

/** The longest transaction a receipt may hold, in hex: with all else it fits an event. */
export const MAX_CHAIN_TRANSACTION_HEX = 48_000;

/** Most parts one request may list. */
export const MAX_PARTS = 300;

/** Most contracts that share one recovery. */
export const MAX_RECOVERY_SHARES = 300;

/** Most ticks one contract may have. */
export const MAX_TICKS = 100_000;

/** The latest time a document can hold, Unix seconds. */
export const MAX_SEC = 99_999_999_999;

/** Longest term of an offer, contract days: forty years. */
export const MAX_TERM_DAYS = 14_610;

/** The same in calendar months. */
export const MAX_TERM_MONTHS = 480;

/** Most due dates a plan may list one by one. */
export const MAX_LISTED_DATES = 240;

/** Seconds of a contract day on every network but regtest. */
export const DAY_SEC = 86_400;

/** Days in the year of ACT/365F. */
export const DAYS_PER_YEAR = 365n;

/** Basis points in one. */
export const BPS = 10_000n;

/** Less than this unpaid (one satoshi, in msat) is neither late nor outstanding. */
export const DUST_MSAT = 1_000n;

/** One minor unit of a currency, in units of a ledger that is kept in it. */
export const MINOR_UNITS = 1_000_000n;

/** Most decimal places of a minor unit: no currency of ISO 4217 has more. */
export const MAX_MINOR_DIGITS = 4;

/** Most oracles one contract may name. */
export const MAX_ORACLES = 7;

/** How many minutes a price may be old when a request uses it. */
export const MAX_PRICE_AGE_MINUTES = 5;

/** How long after its minute a price may still be published, seconds. */
export const MAX_PRICE_DELAY_SEC = 600;

/** How long after its minute a request may still be paid at a price, seconds. */
export const MAX_PRICED_WINDOW_SEC = 3_600;

/** The `previous` of the first entry in a bank's register. */
export const REGISTER_START = '0'.repeat(64);
