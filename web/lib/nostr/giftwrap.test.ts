/** Gift wraps between two people, and everything a stranger can send instead of one. */
import { randomBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { getEventHash } from 'nostr-tools/pure';
import * as nip59 from 'nostr-tools/nip59';
import { verify, type SignedEvent, type VerifiedEvent } from '@realyield/protocol';
import { SignerError, type EventTemplate, type Signer } from '../engine/ports.ts';
import { createLocalSigner } from '../signer/local-signer.ts';
import { MAX_RUMOR_BYTES, unwrap, wrap, type Rumor } from './giftwrap.ts';

const aliceSecret = randomBytes(32);
const bobSecret = randomBytes(32);
const alice = createLocalSigner(aliceSecret.slice());
const bob = createLocalSigner(bobSecret.slice());
const mallory = createLocalSigner(randomBytes(32));
const NOW_SEC = 1_800_000_000;
const rumor: Rumor = {
  kind: 2_809,
  created_at: NOW_SEC,
  tags: [['e', 'ab'.repeat(32)]],
  content: 'Ça va? 🥖',
};

function checked(event: unknown): VerifiedEvent {
  const result = verify(event);
  if (!result.ok) throw new Error(result.code);
  return result.value;
}

/** A wrap for Bob around any text, as somebody who knows how would make it. */
async function wrapText(sealText: string): Promise<VerifiedEvent> {
  const once = createLocalSigner(randomBytes(32));
  const content = await once.encrypt(bob.publicKey, sealText);
  const tags = [['p', bob.publicKey]];
  return checked(await once.sign({ kind: 1_059, created_at: NOW_SEC, tags, content }));
}

/** A seal by one signer around any text. */
async function seal(
  text: string,
  author: Signer,
  change: Partial<EventTemplate> = {},
): Promise<SignedEvent> {
  const content = await author.encrypt(bob.publicKey, text);
  return author.sign({ kind: 13, created_at: NOW_SEC, tags: [], content, ...change });
}

function rumorText(author: string, change: object = {}): string {
  const unsigned = { ...rumor, tags: rumor.tags.map((tag) => [...tag]), pubkey: author };
  return JSON.stringify({ ...unsigned, id: getEventHash(unsigned), ...change });
}

describe('a wrap', () => {
  test('is opened by its reader, who learns what was said and by whom', async () => {
    const { wrap: wrapped, rumorId } = await wrap(rumor, alice, bob.publicKey);
    expect(await unwrap(checked(wrapped), bob)).toEqual({
      ok: true,
      value: { rumor, author: alice.publicKey },
    });
    expect(rumorId).toBe((JSON.parse(rumorText(alice.publicKey)) as { id: string }).id);
  });

  test('tells nobody else who wrote it or when', async () => {
    const wraps = await Promise.all(
      Array.from({ length: 6 }, () => wrap(rumor, alice, bob.publicKey)),
    );
    const events = wraps.map((entry) => entry.wrap);
    expect(new Set(events.map(({ pubkey }) => pubkey)).size).toBe(6);
    expect(new Set(events.map(({ created_at }) => created_at)).size).toBeGreaterThan(1);
    for (const { created_at, tags, content } of events) {
      expect(created_at).toBeLessThanOrEqual(NOW_SEC);
      expect(created_at).toBeGreaterThanOrEqual(NOW_SEC - 2 * 86_400);
      expect(tags).toEqual([['p', bob.publicKey]]);
      expect(content).not.toContain(alice.publicKey);
    }
    const [first] = events;
    expect(await unwrap(checked(first), mallory)).toMatchObject({ code: 'MESSAGE_SHAPE' });
  });

  test('is one that other software reads, and the other way about', async () => {
    const { wrap: wrapped } = await wrap(rumor, alice, bob.publicKey);
    const plain = JSON.parse(JSON.stringify(wrapped)) as Parameters<typeof nip59.unwrapEvent>[0];
    expect(nip59.unwrapEvent(plain, bobSecret)).toMatchObject({
      ...rumor,
      pubkey: alice.publicKey,
    });
    const theirs = nip59.wrapEvent(
      { ...rumor, tags: rumor.tags.map((tag) => [...tag]) },
      aliceSecret,
      bob.publicKey,
    );
    const copy: unknown = JSON.parse(JSON.stringify(theirs));
    expect(await unwrap(checked(copy), bob)).toMatchObject({ ok: true, value: { rumor } });
  });

  test('of the longest rumor is one relays take, and a longer one is not made', async () => {
    const frame = rumorText(alice.publicKey, { content: '' }).length;
    const longest = { ...rumor, content: 'x'.repeat(MAX_RUMOR_BYTES - frame) };
    const { wrap: wrapped } = await wrap(longest, alice, bob.publicKey);
    expect(JSON.stringify(wrapped).length).toBeLessThan(65_536);
    expect(await unwrap(checked(wrapped), bob)).toMatchObject({ ok: true });
    const longer = { ...rumor, content: `${longest.content}x` };
    await expect(wrap(longer, alice, bob.publicKey)).rejects.toThrow('too long to wrap: 28673');
  });
});

describe('what a stranger sends', () => {
  test('under another’s name is refused', async () => {
    const forged = await seal(rumorText(alice.publicKey), mallory);
    expect(await unwrap(await wrapText(JSON.stringify(forged)), bob)).toEqual({
      ok: false,
      code: 'MESSAGE_AUTHOR',
    });
  });

  test('with a seal that somebody else signed or changed is refused', async () => {
    const good = await seal(rumorText(alice.publicKey), alice);
    const other = await seal(rumorText(mallory.publicKey), mallory);
    const seals: unknown[] = [
      { ...good, sig: other.sig },
      { ...good, pubkey: mallory.publicKey },
      { ...good, content: other.content },
      await seal(rumorText(alice.publicKey), alice, { kind: 14 }),
    ];
    for (const bad of seals) {
      const opened = await unwrap(await wrapText(JSON.stringify(bad)), bob);
      expect(opened).toEqual({ ok: false, code: 'MESSAGE_SHAPE', detail: 'seal' });
    }
  });

  test('and is nonsense at any depth is refused, never thrown', async () => {
    const wrong = [
      await wrapText('no JSON'),
      await wrapText('null'),
      await wrapText('[]'),
      checked(
        await mallory.sign({ kind: 1_059, created_at: NOW_SEC, tags: [], content: 'no cipher' }),
      ),
      checked(await mallory.sign({ kind: 1_059, created_at: NOW_SEC, tags: [], content: '' })),
      await wrapText(JSON.stringify(await seal('no JSON', alice))),
      await wrapText(JSON.stringify(await seal('null', alice))),
      await wrapText(
        JSON.stringify(await seal('', alice, { content: 'no cipher' }).catch(() => 0)),
      ),
    ];
    const changes = [
      { tags: 'none' },
      { tags: [[1]] },
      { created_at: -1 },
      { created_at: 1.5 },
      { kind: '2809' },
      { content: 5 },
      { id: 'ab'.repeat(32) },
      { id: undefined },
    ];
    for (const change of changes) {
      const text = rumorText(alice.publicKey, change);
      wrong.push(await wrapText(JSON.stringify(await seal(text, alice))));
    }
    for (const event of wrong) {
      expect(await unwrap(event, bob)).toMatchObject({ ok: false, code: 'MESSAGE_SHAPE' });
    }
  });
});

describe('a signer', () => {
  const wrapped = wrap(rumor, alice, bob.publicKey).then((made) => checked(made.wrap));
  const failing = (error: Error): Signer => ({
    ...bob,
    kind: 'bunker',
    publicKey: bob.publicKey,
    decrypt: () => Promise.reject(error),
  });

  test('that is away leaves the message to be read later', async () => {
    const away = new SignerError('UNREACHABLE', 'gone');
    await expect(unwrap(await wrapped, failing(away))).rejects.toBe(away);
  });

  test('that cannot decrypt refuses the message', async () => {
    const declined = new SignerError('DECLINED', 'cannot decrypt');
    expect(await unwrap(await wrapped, failing(declined))).toMatchObject({ code: 'MESSAGE_SHAPE' });
  });
});
