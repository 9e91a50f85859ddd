/**
 * A business and a bank in two browsers, no helpers: applied for with a document, asked, answered,
 * approved, published, and the business led from its application to the offer that came of it.
 */
import { test } from '@playwright/test';
import { fromApplicationToOffer } from './applying.ts';
import { become } from './people.ts';
import { startWorldProcess, type WorldProcess } from './world-process.ts';

let world: WorldProcess;

test.beforeAll(async () => {
  world = await startWorldProcess(['--no-helpers']);
});

test.afterAll(async () => {
  await world.stop();
});

test('a business applies, and the bank’s offer comes of it', async ({ browser }) => {
  const bank = await become(browser, world.url, 'Banco Comunal');
  const bakery = await become(browser, world.url, 'Panadería Luz');

  await fromApplicationToOffer(world, { bank, bakery });
});
