/** What loans of tests are made of, and how parts are paid. */
import {
  buildSignature,
  embed,
  type AppointeeRole,
  type ContractDocument,
  type OfferDocument,
  type PartyRole,
  type SignedEvent,
} from '../index.ts';
import type { Signing } from './keys.ts';
import { offerDocument } from './offers.ts';
import type { Pricing } from './prices.ts';

/** What a loan is made of, where it is not the usual. */
export interface LoanOptions {
  readonly principalUnits?: bigint;
  readonly offer?: Partial<OfferDocument>;
  readonly startAtSec?: number;
  readonly signing?: Signing;
  /** Where the investor is reached. */
  readonly investorRelays?: readonly string[];
  /** The test key behind each name used here, where it is another. */
  readonly cast?: (name: string) => string;
  /** Entry of the bank's register; the first unless given. */
  readonly register?: { readonly serial: number; readonly previous: string };
  /** Test keys that were appointed and accepted. */
  readonly serving?: Readonly<Partial<Record<AppointeeRole, string>>>;
  /** Test keys that may recover a role's keys. */
  readonly recovery?: Readonly<Partial<Record<PartyRole, string>>>;
  /** Where the investor is paid on the chain once it has been silent for long. */
  readonly fallbackAddress?: string;
  /** When the proposal expires; long after the start unless given. */
  readonly expiresAtSec?: number;
  /** Makes nonce, salt and preimages this loan's own. */
  readonly seed?: string;
}

/** One part to be requested and paid. */
export interface Part {
  readonly n: number;
  readonly amountUnits: bigint;
  /** A fresh one unless given. */
  readonly preimage?: string;
}

/** Who requests and who pays, when, and what they say they knew. */
export interface PayOptions {
  readonly payer?: string;
  readonly payee?: string;
  readonly notBeforeSec?: number;
  readonly expiresAtSec?: number;
  readonly seen?: readonly string[];
  /** The terms the request names. */
  readonly version?: string;
  readonly prev?: readonly string[];
  /** Prices of a request in a contract in a currency. */
  readonly pricing?: Pricing;
}

/** A request and the receipt that embeds it. */
export interface Paid {
  readonly request: SignedEvent;
  readonly receipt: SignedEvent;
}

const fromEntries = (entries: readonly (readonly [string, string])[]): Record<string, string> =>
  Object.fromEntries(entries);

/** The offer's terms with those who serve and the keys that recover. */
export function offerWith(options: LoanOptions, keyOf: (name: string) => string): OfferDocument {
  const { offer, serving = {}, recovery = {} } = options;
  const named = Object.entries(serving).map(([role, name]) => [role, keyOf(name)] as const);
  const silence = serving.backupServicer === undefined ? {} : { silenceDays: 30 };
  const served = named.length === 0 ? {} : { appointees: fromEntries(named), ...silence };
  const keys = (['business', 'bank'] as const).flatMap((role) => {
    const name = recovery[role];
    return name === undefined ? [] : [[role, keyOf(name)] as const];
  });
  const kept = keys.length === 0 ? {} : { recoveryKeys: fromEntries(keys) };
  return offerDocument({ ...served, ...kept, ...offer });
}

/** What those who serve signed for an offer, as bases of its contracts. */
export function appointmentsIn(
  { serving = {}, cast = (name) => name }: LoanOptions,
  signing: Signing,
  offer: string,
  atSec: number,
): ContractDocument['bases'] {
  return Object.entries(serving).map(([role, name]) => {
    const document = { offer, role: role as AppointeeRole, prev: [] };
    const template = buildSignature({ v: 1, type: 'appointment', ...document }, atSec);
    const [parsed] = signing.read(signing.sign(cast(name), template));
    if (!parsed) throw new Error('an appointment does not read');
    return { as: 'appointment', event: embed(parsed.event) };
  });
}
