/** The folder of a world: what is ours is gone on with or begun anew, what is not is left alone. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildBankProfile } from '@realyield/protocol';
import Database from 'better-sqlite3';
import { profileDocument, signAs } from '../fixtures/loan.ts';
import { WorldFolder } from './world-folder.ts';

const PORTS = { relays: [1001, 1002, 1003], page: 1004 } as const;
let parent = '';
let path = '';

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'real-yield-folder-'));
  path = join(parent, 'world');
});

afterEach(() => {
  rmSync(parent, { recursive: true });
});

/** A world in the folder, with something kept in it. */
function live(isFinished: boolean): string {
  const folder = WorldFolder.open(path, 'whole', false);
  const kept = join(folder.data, 'kept');
  writeFileSync(kept, '');
  if (isFinished) folder.finish(PORTS);
  folder.close();
  return kept;
}

it('goes on with a finished world, on its ports and with its cast', () => {
  const kept = live(true);
  const folder = WorldFolder.open(path, 'small', false);
  expect(folder).toMatchObject({ isReady: true, cast: 'whole', ports: PORTS });
  expect(existsSync(kept)).toBe(true);
  folder.close();
});

it('begins anew where the first start was interrupted, and where it is told to', () => {
  for (const [isFinished, isFresh] of [
    [false, false],
    [true, true],
  ] as const) {
    const kept = live(isFinished);
    const folder = WorldFolder.open(path, 'small', isFresh);
    expect(folder).toMatchObject({ isReady: false, cast: 'small', ports: undefined });
    expect(existsSync(kept)).toBe(false);
    folder.close();
  }
});

it('says that a world of an older format cannot be read, and begins anew when told to', () => {
  live(true);
  const database = new Database(join(path, 'data', 'relay-1.sqlite'));
  database.exec('CREATE TABLE event (kind INTEGER, created_at INTEGER, json TEXT)');
  const add = database.prepare('INSERT INTO event VALUES (?, ?, ?)');
  const profile = signAs('bank', buildBankProfile(profileDocument(), 1_800_000_000));
  add.run(profile.kind, profile.created_at, JSON.stringify(profile));
  WorldFolder.open(path, 'small', false).close();
  const older = { ...profile, content: profile.content.replace('"v":1', '"v":1,"was":1') };
  add.run(older.kind, older.created_at, JSON.stringify(older));
  database.close();
  expect(() => WorldFolder.open(path, 'small', false)).toThrow(/earlier version.*--fresh/s);
  expect(existsSync(join(path, 'data', 'relay-1.sqlite'))).toBe(true);
  WorldFolder.open(path, 'small', true).close();
  expect(existsSync(join(path, 'data', 'relay-1.sqlite'))).toBe(false);
});

it('never touches a folder that is not a world, even when told to begin anew', () => {
  mkdirSync(path);
  const photo = join(path, 'photo.jpg');
  writeFileSync(photo, '');
  for (const isFresh of [false, true]) {
    expect(() => WorldFolder.open(path, 'small', isFresh)).toThrow(/it is left alone/);
  }
  writeFileSync(join(path, 'world.json'), '{"name":"something else"}');
  expect(() => WorldFolder.open(path, 'small', true)).toThrow(/it is left alone/);
  expect(existsSync(photo)).toBe(true);
  expect(() => WorldFolder.open(photo, 'small', true)).toThrow(/it is left alone/);
});

it('refuses a world of another version, and says how to begin anew', () => {
  const kept = live(true);
  writeFileSync(join(path, 'world.json'), '{"kind":"real-yield-world","version":999}');
  expect(() => WorldFolder.open(path, 'small', false)).toThrow(/format 999.*-- --fresh/);
  expect(existsSync(kept)).toBe(true);
  WorldFolder.open(path, 'small', true).close();
  expect(existsSync(kept)).toBe(false);
});

it('lets one program in at a time', () => {
  const folder = WorldFolder.open(path, 'small', false);
  expect(() => WorldFolder.open(path, 'small', true)).toThrow(/Another program/);
  folder.close();
  WorldFolder.open(path, 'small', false).close();
});
