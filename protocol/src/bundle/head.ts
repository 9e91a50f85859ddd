/** The first line of an evidence bundle. Spec: specs/bundle.md. */

/** What the first line says of a bundle. */
export interface BundleHead {
  /** Id of the contract. */
  readonly contract: string;
  /** What whoever wrote it folded its events to. */
  readonly stateHash: string;
  /** Unix seconds. */
  readonly writtenAtSec: number;
}

const HEX = '([0-9a-f]{64})';
const HEAD = new RegExp(
  `^\\{"contract":"${HEX}","stateHash":"${HEX}","type":"evidence","v":1,` +
    `"writtenAtSec":(0|[1-9]\\d{0,9}),"events":\\[$`,
);

/** Writes the first line. */
export function headLine({ contract, stateHash, writtenAtSec }: BundleHead): string {
  // EB-2: "The first line is the object's beginning as above: the root, the state hash…"
  const head = { contract, stateHash, type: 'evidence', v: 1, writtenAtSec };
  return `${JSON.stringify(head).slice(0, -1)},"events":[`;
}

/** Reads the first line, or nothing where it is not one. */
export function readHead(line: string | undefined): BundleHead | undefined {
  const [, contract, stateHash, writtenAtSec] = HEAD.exec(line ?? '') ?? [];
  if (contract === undefined || stateHash === undefined) return undefined;
  return { contract, stateHash, writtenAtSec: Number(writtenAtSec) };
}
