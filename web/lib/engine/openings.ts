/** Which main keys stand behind investors' contract keys, as they opened them to this person. */
import {
  computeCommitment,
  type MessageOf,
  type Opening,
  type ParsedContract,
} from '@realyield/protocol';
import type { Store } from './ports.ts';

const PREFIX = 'opening|';

/** Opened commitments. */
export class Openings {
  readonly #store: Store;
  #list: readonly Opening[] = [];

  constructor(store: Store) {
    this.#store = store;
  }

  /** Reads what was kept. */
  async load(): Promise<void> {
    const settings = await this.#store.all('settings');
    this.#list = settings
      .filter(({ key }) => key.startsWith(PREFIX))
      .map(({ value }) => value as Opening);
  }

  /** All openings made to this person; another list when there is one more. */
  all(): readonly Opening[] {
    return this.#list;
  }

  /** The opening of a contract, if its owner made one. */
  of(contract: string): Opening | undefined {
    return this.#list.find((opening) => opening.contract === contract);
  }

  /** Keeps an opening that holds; `author` is who sealed the message. */
  async keep(
    contract: ParsedContract,
    opening: NonNullable<MessageOf<'proposal'>['opening']>,
    author: string,
  ): Promise<void> {
    const { pubkey: mainKey, salt } = opening;
    // T-10: "A bank MUST ignore an opening that does not match the commitment, or whose message is
    // not sealed by the key it names…"
    if (author !== mainKey) return;
    if (computeCommitment(mainKey, salt) !== contract.document.commitment) return;
    await this.#put({ contract: contract.event.id, mainKey, salt });
  }

  /** Takes the opening of the proposal that one answers for it too: it is the same commitment. */
  async inherit({ document, event }: ParsedContract): Promise<void> {
    const known = this.of(document.counters ?? '');
    if (!known || this.of(event.id)) return;
    const { mainKey, salt } = known;
    if (computeCommitment(mainKey, salt) !== document.commitment) return;
    await this.#put({ contract: event.id, mainKey, salt });
  }

  async #put(value: Opening): Promise<void> {
    const { contract: id } = value;
    await this.#store.write([{ table: 'settings', key: `${PREFIX}${id}`, value }]);
    this.#list = [...this.#list.filter((known) => known.contract !== id), value];
  }
}
