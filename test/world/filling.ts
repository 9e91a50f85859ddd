/** What was published and agreed in a world before anybody came. */
import type { Verifier } from '../../web/lib/engine/ports.ts';
import { Session } from '../../web/lib/engine/session.ts';
import type { Households } from './household.ts';
import type { LightningWorld } from './lightning-world.ts';
import type { Oracles } from './oracles.ts';
import { bankProfileDocument, offerDocuments, type OfferCircumstances } from './listings.ts';
import type { KeyHolder, PersonaKey } from './personas.ts';
import { seedBonds } from './seeded-bonds.ts';
import { seedMarket } from './seeding.ts';
import { systemClock } from './system-clock.ts';
import type { CastName } from './world-folder.ts';
import type { WorldPersona } from './world.ts';

/** How long ago the small world's bank published its profile, and how far offers lie apart. */
const LISTED_SEC = 86_400;
const LISTED_APART_SEC = 5 * 3_600;

/** The empty world. */
export interface FillingOptions {
  readonly cast: CastName;
  readonly lightning: LightningWorld;
  readonly households: Households;
  readonly personas: readonly WorldPersona[];
  readonly keyOf: (id: KeyHolder) => PersonaKey;
  readonly verifier: Verifier;
  readonly oracles: Oracles;
  readonly relays: readonly string[];
  readonly log: (line: string) => void;
}

function find<T>(found: T | undefined): T {
  if (found === undefined) throw new Error('Somebody is missing.');
  return found;
}

/** Fills a new world as its cast asks for. */
export async function fillWorld(options: FillingOptions): Promise<void> {
  const { cast, lightning, households, personas, keyOf, verifier } = options;
  const { oracles, relays, log } = options;
  if (cast === 'small') {
    await publishListings(options);
    log('The bank has published its profile and four offers.');
    return;
  }
  log('The market lives through its last nine months …');
  // Interrupted, it is all begun anew; it is written to the disk at the end.
  lightning.setDurable(false);
  const pinned = await seedBonds({ chain: lightning.chain, relays, keyOf, verifier });
  await seedMarket({
    homeOf: (id) => find(households[id]),
    publicKeyOf: (id) => find(personas.find((persona) => persona.id === id)).publicKey,
    keyOf,
    relays,
    oracles,
    pinned,
  });
  lightning.setDurable(true);
  log('Two banks, five businesses and six investors have met.');
}

/** The bank publishes through the same engine its page uses. */
async function publishListings(options: FillingOptions): Promise<void> {
  const { households, personas, relays, oracles } = options;
  const { wallet, ...parts } = households.bank.openParts();
  wallet.close();
  const whenAlone = (): (() => void) => () => undefined;
  const nowSec = systemClock.nowSec();
  // Each a little later than the one before, so that lists show them in a fixed order.
  let atSec = nowSec - LISTED_SEC;
  const clock = { ...systemClock, nowSec: () => atSec };
  const session = new Session({ ...parts, clock, rank: 'helper', whenAlone });
  await session.start();
  const published = [await session.listings.publishProfile(bankProfileDocument(relays))];
  const bakery = find(personas.find(({ id }) => id === 'bakery')).publicKey;
  const denominationOf: OfferCircumstances['denominationOf'] = (currency) =>
    oracles.denomination(currency);
  for (const offer of offerDocuments(bakery, relays, nowSec, denominationOf)) {
    atSec += LISTED_APART_SEC;
    published.push(await session.listings.publishOffer(offer));
  }
  const refused = published.flatMap((result) => (result.ok ? [] : [result.code]));
  await session.stop();
  parts.relays.close();
  await parts.store.close();
  if (refused.length > 0) throw new Error(`Listings were refused: ${refused.join(', ')}.`);
}
