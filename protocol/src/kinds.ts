/** The event kinds of the protocol, one table. Spec: specs/events.md, "Kinds". */

/** One row of the table of kinds. */
export interface KindRow {
  readonly kind: number;
  readonly name: string;
  /** Addressable events (NIP-01) may be replaced; facts that move money never are. */
  readonly addressable: boolean;
  readonly maxContentBytes: number;
  /** Whether this version of the protocol defines its content. */
  readonly defined: boolean;
}

const row = (kind: number, name: string, maxContentBytes: number, defined: boolean): KindRow => ({
  kind,
  name,
  addressable: kind >= 30_000,
  maxContentBytes,
  defined,
});

/** All kinds, in order of their numbers. */
export const KINDS = [
  row(2810, 'contract', 32_000, true),
  row(2811, 'signature', 48_000, true),
  row(2812, 'request', 60_000, true),
  row(2813, 'receipt', 60_000, true),
  row(2814, 'acknowledgement', 60_000, true),
  row(2815, 'milestone', 24_000, true),
  row(2816, 'notice', 60_000, true),
  row(2817, 'dispute step', 60_000, true),
  row(2818, 'sales', 12_000, true),
  row(2819, 'price', 2_000, true),
  row(2820, 'tender', 12_000, true),
  row(2821, 'bond', 12_000, true),
  row(2822, 'statement', 60_000, false),
  row(2823, 'key', 12_000, true),
  row(2824, 'assignment', 60_000, false),
  row(2825, 'fraud proof', 60_000, false),
  row(32810, 'bank profile', 12_000, true),
  row(32811, 'offer', 12_000, true),
  row(32812, 'attestation', 12_000, true),
  row(32815, 'arbiter profile', 12_000, true),
] as const;

/** Kind numbers by the noun the code uses. */
export const Kind = {
  contract: 2810,
  signature: 2811,
  request: 2812,
  receipt: 2813,
  acknowledgement: 2814,
  milestone: 2815,
  notice: 2816,
  dispute: 2817,
  sales: 2818,
  price: 2819,
  tender: 2820,
  bond: 2821,
  key: 2823,
  bankProfile: 32810,
  offer: 32811,
  attestation: 32812,
  arbiterProfile: 32815,
  /** Rumors of the private conversation (NIP-59); never published. */
  conversation: 2809,
} as const;

const byNumber = new Map<number, KindRow>(KINDS.map((entry) => [entry.kind, entry]));

/** The row of a kind, if the protocol has it. */
export function kindRow(kind: number): KindRow | undefined {
  return byNumber.get(kind);
}
