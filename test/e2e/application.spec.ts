/**
 * A business and a bank in two browsers, no helpers: applied for with a document, asked, answered,
 * approved, published, and the business led from its application to the offer that came of it;
 * and a large document by way of a server that refuses, lies, hangs and goes away.
 */
import { test } from '@playwright/test';
import { fromApplicationToOffer } from './applying.ts';
import { become, type Person } from './people.ts';
import { byWayOfServer } from './storing.ts';
import { startWorldProcess, type WorldProcess } from './world-process.ts';

test.describe.configure({ mode: 'serial' });

let world: WorldProcess;
let bank: Person;
let bakery: Person;

test.beforeAll(async ({ browser }) => {
  world = await startWorldProcess(['--no-helpers']);
  bank = await become(browser, world.url, 'Banco Comunal');
  bakery = await become(browser, world.url, 'Panadería Luz');
});

test.afterAll(async () => {
  await world.stop();
});

test('a business applies, and the bank’s offer comes of it', async () => {
  await fromApplicationToOffer(world, { bank, bakery });
});

test('a large document goes by way of a server, whatever the server does', async () => {
  await byWayOfServer(world, { bank, bakery });
});
