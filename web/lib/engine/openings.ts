/** Which main keys stand behind investors' contract keys, as they opened them to this person. */
import { computeCommitment, type MessageOf, type ParsedContract } from '@realyield/protocol';
import type { Store } from './ports.ts';

/** An opened commitment. */
export interface Opening {
  readonly contract: string;
  /** 32-byte hex, x-only. */
  readonly mainKey: string;
  readonly salt: string;
}

const keyOf = (contract: string): string => `opening|${contract}`;

/** Keeps an opening that holds; `author` is who sealed the message. */
export async function keepOpening(
  store: Store,
  contract: ParsedContract,
  opening: NonNullable<MessageOf<'proposal'>['opening']>,
  author: string,
): Promise<void> {
  const { pubkey: mainKey, salt } = opening;
  // T-10: "A bank MUST ignore an opening that does not match the commitment, or whose message is
  // not sealed by the key it names…"
  if (author !== mainKey) return;
  if (computeCommitment(mainKey, salt) !== contract.document.commitment) return;
  const value: Opening = { contract: contract.event.id, mainKey, salt };
  await store.write([{ table: 'settings', key: keyOf(contract.event.id), value }]);
}

/** The opening of a contract, if its owner made one. */
export async function openingOf(store: Store, contract: string): Promise<Opening | undefined> {
  return (await store.get('settings', keyOf(contract))) as Opening | undefined;
}

/** All openings made to this person. */
export async function allOpenings(store: Store): Promise<readonly Opening[]> {
  const settings = await store.all('settings');
  return settings
    .filter(({ key }) => key.startsWith(keyOf('')))
    .map(({ value }) => value as Opening);
}
