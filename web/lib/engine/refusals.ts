/** Events somebody sent that were refused: shown, never trusted. */
import type { RejectCode } from '@realyield/protocol';

/** An event somebody sent that was refused. */
export interface Refused {
  readonly id: string;
  readonly code: RejectCode;
  readonly detail: string | undefined;
  readonly from: string;
  /** The contract its tags claim; shown, never trusted. */
  readonly claimedContract: string | undefined;
}

const MOST_REFUSED = 200;

/** The last refusals, each id and code once. */
export class Refusals {
  #refused: readonly Refused[] = [];

  /** Newest last; of one contract by the claim in their tags. */
  list(claimedContract?: string): readonly Refused[] {
    return claimedContract === undefined
      ? this.#refused
      : this.#refused.filter((entry) => entry.claimedContract === claimedContract);
  }

  /** Notes a raw event that was refused; false when it was noted before. */
  add(input: unknown, from: string, code: RejectCode, detail: string | undefined): boolean {
    const raw = input as { id?: unknown; tags?: unknown } | null;
    const id = typeof raw?.id === 'string' ? raw.id.slice(0, 64) : '';
    const list: unknown[] = Array.isArray(raw?.tags) ? (raw.tags as unknown[]) : [];
    const root = list.find((tag) => Array.isArray(tag) && tag[0] === 'e' && tag[3] === 'root');
    const claimed: unknown = Array.isArray(root) ? root[1] : undefined;
    const claimedContract = typeof claimed === 'string' ? claimed : undefined;
    if (this.#refused.some((known) => known.id === id && known.code === code)) return false;
    const refused = { id, code, detail, from, claimedContract };
    this.#refused = [...this.#refused, refused].slice(-MOST_REFUSED);
    return true;
  }
}
