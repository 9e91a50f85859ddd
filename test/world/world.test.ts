/** The local world as a visitor finds it, and as a program that starts and stops. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { computeLedger } from '@realyield/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomHex } from '../../web/lib/engine/random.ts';
import { createBunkerSigner } from '../../web/lib/signer/bunker-signer.ts';
import { Player } from '../engine/player.ts';
import { STANDS_MS, until, untilCount } from '../engine/until.ts';
import { systemClock } from './system-clock.ts';
import { nodeWebSocket } from './node-web-socket.ts';
import { startWorld, type World, type WorldPersona } from './world.ts';

/** A loan lasts half a minute here, on a machine that has nothing else to do. */
const PATIENCE_MS = 2 * STANDS_MS;
/** A program that waits for something when it ends waits for so long at least. */
const PROMPT_MS = 20_000;

describe('a visitor who finds the world with its helpers', () => {
  let world: World;
  let folder = '';
  let visitor: Player;
  let persona: WorldPersona;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'real-yield-visited-'));
    world = await startWorld({ folder, httpPort: 0, relayPorts: [0, 0] });
    const response = await fetch(`${world.url}/world.json`);
    const found = (await response.json()) as { personas: WorldPersona[]; relays: string[] };
    expect(found.relays).toEqual(world.relays);
    const ana = found.personas.find(({ id }) => id === 'ana');
    if (!ana) throw new Error('Ana lives here');
    persona = ana;
    // As a page does it: the key stays with the remote signer.
    const person = await createBunkerSigner(ana.bunkerUri, {
      clientSecretHex: randomHex(),
      webSocket: nodeWebSocket,
    });
    const alter = (parts: Player['parts']): Player['parts'] => ({ ...parts, person });
    visitor = await Player.open(world.households.ana, { device: 'page', alter });
  });

  afterAll(async () => {
    await visitor.close();
    await world.stop();
    rmSync(folder, { recursive: true });
  });

  it('sees four offers, the smallest first step first, all of a bank with a profile', async () => {
    await visitor.offer('delivery-van');
    const offers = visitor.session.catalog.offers();
    const identifiers = offers.map(({ document }) => document.identifier);
    expect(identifiers).toEqual([
      ...['second-oven', 'proofing-cabinet', 'december-flour', 'delivery-van'],
    ]);
    for (const { event } of offers) {
      expect(visitor.session.catalog.bankProfile(event.pubkey)?.document.name).toBe(
        'Banco Comunal de Suchitoto',
      );
    }
  });

  const whole = { timeout: 600_000 };
  it('can fund one wholly, and finds somebody at home until it is closed', whole, async () => {
    await until('the page to run', () => visitor.session.isRunning);
    expect(visitor.session.person.publicKey).toBe(persona.publicKey);
    const offer = await visitor.offer('december-flour');
    const principalUnits = BigInt(offer.document.amountSoughtUnits);
    const invested = await visitor.session.agreements.invest(offer, principalUnits);
    if (!invested.ok) throw new Error(invested.code);
    const root = invested.value;
    const state = () => visitor.session.catalog.contract(root)?.fold.state;
    await until('all signatures', () => state()?.status === 'effective', PATIENCE_MS);
    await untilCount('ticks', () => state()?.payments.length ?? 0, 30);
    const closed = await until(
      'the end',
      () => state()?.status === 'closed' && state(),
      PATIENCE_MS,
    );
    const { document } = closed.contract;
    const ledger = computeLedger(document, closed.payments, systemClock.nowSec());
    expect(ledger).toMatchObject({ repaid: true, disbursedUnits: principalUnits });
    // Four parts, and what a day's interest leaves where the last settled a day late.
    const parts = closed.payments.filter(({ leg }) => leg === 'repayment').length;
    expect([4, 5, 6]).toContain(parts);
    expect(ledger.unallocatedUnits).toBe(0n);
    const { bakery } = world.households;
    const proven = await until('every receipt to be in the journal', () => {
      const entries = bakery.helper?.session.journalEntries(root, 'repayment') ?? [];
      return entries.every(({ step }) => step === 'receipted') && entries;
    });
    expect(proven).toHaveLength(parts);
  });

  it('finds no secret key in what the page is told, and none readable in the folder', () => {
    const files = readdirSync(folder, { recursive: true }) as string[];
    for (const name of files.filter((path) => path.endsWith('.json'))) {
      expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
    }
    expect(statSync(folder).mode & 0o077).toBe(0);
    expect(JSON.stringify(world.personas)).not.toMatch(/nsec|secretKey/);
  });
});

const isWorld = (name: string): boolean => name.startsWith('real-yield-world-');

describe('the program', () => {
  it('says where it is, and leaves nothing behind when it is asked to stop', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'real-yield-program-'));
    const client = join(folder, 'client');
    const temporary = join(folder, 'temporary');
    mkdirSync(client);
    mkdirSync(temporary);
    writeFileSync(join(client, '200.html'), '<p>client</p>');
    const command = ['--import', 'tsx', '--conditions=@realyield/source', 'test/world/main.ts'];
    const flags = ['--no-open', '--temporary', '--small', '--port', '0', '--client', client];
    const child = spawn(process.execPath, [...command, ...flags], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TMPDIR: temporary },
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    try {
      let url = '';
      const startedMs = Date.now();
      for await (const line of createInterface({ input: child.stdout })) {
        const ready = /^world ready (.*)$/.exec(line);
        if (!ready) continue;
        ({ url } = JSON.parse(ready[1] ?? '') as { url: string });
        break;
      }
      expect(await (await fetch(`${url}/offers/any`)).text()).toBe('<p>client</p>');
      expect(readdirSync(temporary).filter(isWorld)).toHaveLength(1);
      // Without --control there is nothing to control.
      expect((await fetch(`${url}/control`, { method: 'POST' })).status).toBe(405);
      const stoppedMs = Date.now();
      const startMs = stoppedMs - startedMs;
      child.kill('SIGINT');
      expect(await ended).toBe(130);
      // It waits for nothing: that is a second, and on a busy machine less than it took to start.
      expect(Date.now() - stoppedMs).toBeLessThan(Math.max(PROMPT_MS, startMs));
      await expect(fetch(url)).rejects.toThrow();
      expect(readdirSync(temporary).filter(isWorld)).toEqual([]);
    } finally {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    }
  });
});
