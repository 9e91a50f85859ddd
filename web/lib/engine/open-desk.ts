/** Lays out a person's desk: every part of the engine that others use. */
import type { BitcoinNetwork } from '@realyield/protocol';
import { ActivityLog } from './activity.ts';
import type { ChainPort } from './bonds/ports.ts';
import { Catalog } from './catalog.ts';
import type { Desk } from './desk.ts';
import type { AddressSource } from './fallback/ports.ts';
import { Handed } from './handed.ts';
import { Journal } from './journal.ts';
import { Keyring } from './keyring.ts';
import { Mailbox, type Handle } from './mailbox.ts';
import { Outbox } from './outbox.ts';
import type { Clock, Relays, Signer, Store, Verifier } from './ports.ts';
import { Prices } from './prices/prices.ts';
import { RelayDirectory } from './relay-lists.ts';
import { sentenceOf } from './words.ts';

/** Through what the engine reaches the world. */
export interface DeskPorts {
  readonly person: Signer;
  readonly relays: Relays;
  readonly store: Store;
  readonly verifier: Verifier;
  readonly clock: Clock;
  readonly chain?: ChainPort;
  readonly addressSources?: (network: BitcoinNetwork) => Promise<readonly AddressSource[]>;
}

/** Makes a desk; messages go to `receive`. */
export function openDesk(
  ports: DeskPorts,
  session: Pick<Desk, 'wallet'> & { readonly receive: Handle },
): Desk {
  const { person, relays, store, verifier, clock } = ports;
  const activity = new ActivityLog(store, clock);
  const outbox = new Outbox(ports);
  const mailbox = new Mailbox({ ...ports, outbox }, session.receive, (code, detail) => {
    const sentence = sentenceOf(code, detail);
    activity.add({ contract: undefined, level: 'problem', code, sentence });
  });
  return {
    person,
    catalog: new Catalog(ports),
    keyring: new Keyring(person, ports),
    journal: new Journal(store, () => {
      const code = 'JOURNAL_DAMAGED';
      const sentence = sentenceOf(code);
      activity.add({ contract: undefined, level: 'problem', code, sentence });
    }),
    handed: new Handed(store, verifier),
    mailbox,
    outbox,
    directory: new RelayDirectory(ports),
    prices: new Prices(ports),
    activity,
    relays,
    store,
    verifier,
    clock,
    wallet: session.wallet,
    newestBlock: async (network) => ports.chain?.newestBlock(network),
    blockLookups: async (network) => ports.chain?.blockLookups?.(network),
    chainSources: async (network) => (await ports.chain?.sources?.(network)) ?? [],
    addressSources: async (network) => (await ports.addressSources?.(network)) ?? [],
  };
}
