/**
 * `npm run bench web`: what a visitor waits for. The JavaScript the landing page imports
 * statically, gzipped, against its budget and against peers' landing pages; the time from the
 * start of the navigation to the first offers with a store of a thousand of them and no relay,
 * against the same client with an empty store that reads them from a relay next door; and how
 * soon a filter has answered. Times are medians over rounds that take turns.
 */
import { availableParallelism, loadavg } from 'node:os';
import { BUILD_FOLDER, ensureBuild } from '../world/build.ts';
import { createMarket } from './web/market.ts';
import { openSite, type Site } from './web/site.ts';
import { LANDING_BUDGET_KIB, landingKib } from './web/static-js.ts';

/** Gzip JavaScript of peers' landing pages, in 1,000 bytes. */
const PEERS_KB = { 'getAlby/pos landing page': 196, 'coracle landing page': 836 } as const;
const OFFERS = 1_000;
const ROUNDS = 7;
/** What people take as at once, ms. */
const AT_ONCE_MS = 100;

function print(name: string, value: number, unit: string, versus: string, ratio: number): void {
  const rounded = Number(value.toFixed(1));
  const load = Number((loadavg()[0] ?? 0).toFixed(1));
  const cores = availableParallelism();
  const figure = { name, value: rounded, unit, versus, ratio: Number(ratio.toFixed(2)) };
  console.log(JSON.stringify({ ...figure, cores, load }));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

function printSizes(): void {
  const kib = landingKib(BUILD_FOLDER);
  const name = 'web.landing.static_js_gzip';
  print(name, kib, 'KiB', `budget of ${LANDING_BUDGET_KIB} KiB`, LANDING_BUDGET_KIB / kib);
  for (const [peer, kb] of Object.entries(PEERS_KB)) {
    print(name, kib, 'KiB', `${peer}, ${kb} kB`, (kb * 1_000) / (kib * 1_024));
  }
}

async function measure(site: Site): Promise<void> {
  const filled = await site.open();
  await site.fill(filled, OFFERS);
  const filters: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) filters.push(await site.timeToFilter(filled));
  const fromRelay: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const empty = await site.open();
    fromRelay.push(await site.timeToOffers(empty));
    await empty.close();
  }
  // From here on there is only the store.
  await site.relay.stop();
  await site.timeToOffers(filled);
  const fromStore: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) fromStore.push(await site.timeToOffers(filled));
  await filled.close();
  const [storeMs, relayMs] = [median(fromStore), median(fromRelay)];
  const versus = `an empty store and a relay on the same machine, ${Math.round(relayMs)} ms`;
  print('web.landing.store_to_offers', storeMs, 'ms', versus, relayMs / storeMs);
  const filterMs = median(filters);
  const goal = `${AT_ONCE_MS} ms, which people take as at once`;
  print('web.discover.filter_of_1000', filterMs, 'ms', goal, AT_ONCE_MS / filterMs);
}

const build = ensureBuild();
if (build.isNeeded) console.log('Building the client; this takes a while once …');
await build.done;
printSizes();
const site = await openSite(BUILD_FOLDER, createMarket(OFFERS, Math.floor(Date.now() / 1_000)));
try {
  await measure(site);
} finally {
  await site.stop();
}
