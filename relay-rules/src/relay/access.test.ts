/**
 * Authentication and what hangs on it. Spec: NIP-42, NIP-59, NIP-70.
 */
import { describe, expect, test } from 'vitest';
import { createSigner, nowSec, useRelays } from './testing.ts';

const { start, connect } = useRelays();

describe('AUTH', () => {
  test('the right answer to the challenge is accepted, under any loopback name', async () => {
    const relay = await start();
    const client = await connect(relay);
    expect(await client.authenticate(createSigner(), relay.url)).toEqual([true, '']);
    const named = `ws://localhost:${relay.port}/`;
    expect(await client.authenticate(createSigner(), named)).toEqual([true, '']);
  });

  test('another relay, challenge, time or kind is refused', async () => {
    const relay = await start({ publicUrls: ['wss://relay.example/path/'] });
    const client = await connect(relay);
    const signer = createSigner();
    const [, challenge] = await client.next('AUTH');
    const tags = (url: string, answer = String(challenge)) => [
      ['relay', url],
      ['challenge', answer],
    ];
    const refused = [
      signer.sign({ kind: 22_242, tags: tags('wss://other.example') }),
      signer.sign({ kind: 22_242, tags: tags('nonsense') }),
      signer.sign({ kind: 22_242, tags: tags(relay.url, 'another') }),
      signer.sign({ kind: 22_242, tags: tags(relay.url), created_at: nowSec() - 700 }),
      signer.sign({ kind: 1, tags: tags(relay.url) }),
      { ...signer.sign({ kind: 22_242, tags: tags(relay.url) }), content: 'changed' },
    ];
    for (const event of refused) {
      client.send(['AUTH', event]);
      expect(await client.next('OK', event.id, false)).toHaveLength(4);
    }
    const accepted = signer.sign({ kind: 22_242, tags: tags('wss://RELAY.example/path') });
    client.send(['AUTH', accepted]);
    expect(await client.next('OK', accepted.id)).toEqual(['OK', accepted.id, true, '']);
  });

  test('an authentication cannot be published', async () => {
    const client = await connect(await start());
    const [accepted] = await client.publish(createSigner().sign({ kind: 22_242 }));
    expect(accepted).toBe(false);
  });
});

describe('protected events', () => {
  test('only their authenticated author may publish them', async () => {
    const relay = await start();
    const client = await connect(relay);
    const author = createSigner();
    const event = author.sign({ tags: [['-']] });
    const text = 'only its author may publish a protected event';
    expect(await client.publish(event)).toEqual([false, `auth-required: ${text}`]);
    await client.authenticate(createSigner(), relay.url);
    expect(await client.publish(event)).toEqual([false, `restricted: ${text}`]);
    await client.authenticate(author, relay.url);
    expect(await client.publish(event)).toEqual([true, '']);
  });
});

describe('gift wraps', () => {
  async function world() {
    const relay = await start({ requireAuthForWraps: true });
    const [alice, bob, sender] = [createSigner(), createSigner(), createSigner()];
    let serial = 0;
    const wrap = (kind: number, to: string) =>
      sender.sign({ kind, content: String((serial += 1)), tags: [['p', to]] });
    return { relay, alice, bob, wrap, writer: await connect(relay) };
  }

  test('are served, counted and streamed to their recipient only', async () => {
    const { relay, alice, bob, wrap, writer } = await world();
    const [forAlice, forBob] = [wrap(1_059, alice.publicKeyHex), wrap(1_059, bob.publicKeyHex)];
    for (const event of [forAlice, forBob]) await writer.publish(event);
    const reader = await connect(relay);
    await reader.authenticate(alice, relay.url);
    expect(await reader.request('wraps', { kinds: [1_059] })).toEqual([forAlice]);
    expect(await reader.request('ids', { ids: [forBob.id, forAlice.id] })).toEqual([forAlice]);
    reader.send(['COUNT', 'count', { kinds: [1_059] }]);
    expect((await reader.next('COUNT', 'count'))[2]).toEqual({ count: 1 });
    await writer.publish(wrap(1_059, bob.publicKeyHex));
    await writer.publish(wrap(21_059, bob.publicKeyHex));
    const live = wrap(1_059, alice.publicKeyHex);
    await writer.publish(live);
    expect((await reader.next('EVENT', 'wraps'))[2]).toEqual(live);
    await reader.settle();
    expect(reader.takeEvents('wraps')).toEqual([]);
  });

  test('are refused in words to strangers who ask for them', async () => {
    const { relay, alice, bob, wrap, writer } = await world();
    await writer.publish(wrap(1_059, bob.publicKeyHex));
    const reader = await connect(relay);
    for (const type of ['REQ', 'COUNT']) {
      reader.send([type, 'wraps', { kinds: [1_059] }]);
      expect((await reader.next('CLOSED', 'wraps'))[2]).toMatch(/^auth-required: /);
    }
    expect(await reader.request('everything', {})).toEqual([]);
    await reader.authenticate(alice, relay.url);
    reader.send(['REQ', 'others', { kinds: [1_059], '#p': [bob.publicKeyHex] }]);
    expect((await reader.next('CLOSED', 'others'))[2]).toMatch(/^restricted: /);
    expect(await reader.request('everything', {})).toEqual([]);
    expect(relay.statistics().subscriptions).toBe(1);
  });

  test('reach a subscription opened before its owner authenticated', async () => {
    const { relay, alice, wrap, writer } = await world();
    const reader = await connect(relay);
    await reader.request('everything', {});
    await reader.authenticate(alice, relay.url);
    const live = wrap(1_059, alice.publicKeyHex);
    await writer.publish(live);
    expect((await reader.next('EVENT', 'everything'))[2]).toEqual(live);
  });

  test('are open to everybody on a relay that does not gate them', async () => {
    const relay = await start();
    const client = await connect(relay);
    const event = createSigner().sign({ kind: 1_059, tags: [['p', '22'.repeat(32)]] });
    await client.publish(event);
    expect(await client.request('wraps', { kinds: [1_059] })).toEqual([event]);
  });
});
