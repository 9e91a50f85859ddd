/**
 * What a relay lets in: `decide` on facts of a whole loan, on other kinds and on vanished keys.
 * Spec: specs/relays.md.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildNotice,
  buildSales,
  nobleVerifier,
  readEvent,
  type SignatureVerifier,
  type SignedEvent,
} from '@realyield/protocol';
import { describe, expect, it, test } from 'vitest';
import { NEEDED_KINDS, PRIVATE_KINDS } from '../relay-rules/src/carried.ts';
import { decide, DEFAULT_RULES, type DecideContext } from '../relay-rules/src/decide.ts';
import { createReader } from '../relay-rules/src/reader.ts';
import { RELAY_REASONS } from '../relay-rules/src/reasons.ts';
import { createKeyLookup } from '../relay-rules/src/relay/parties.ts';
import { rotate } from './fixtures/agreements.ts';
import { TestCase, unpaidLoan } from './fixtures/disputes.ts';
import { Loan, publicOf, signAs } from './fixtures/loan.ts';
import { reportOf, sell } from './fixtures/till.ts';
import { ROOT } from './source.ts';

const NOW = 1_800_050_000;
const loan = new Loan();
loan.signAll();
const parts = [0, 1].map((n) => ({ n, amountUnits: 100_000_000n, preimage: loan.preimage() }));
const request = loan.request('disbursement', parts, loan.startAtSec + 20);
const receipt = loan.receipt(request, parts, loan.startAtSec + 30, 'investor');
const [contract, ...signatures] = loan.events;

function context(overrides: Partial<DecideContext> = {}): DecideContext {
  return {
    rules: DEFAULT_RULES,
    nowSec: NOW,
    isSignatureChecked: false,
    reader: createReader(nobleVerifier),
    ...overrides,
  };
}

/** `ok`, or the code of the refusal. */
function codeOf(event: unknown, overrides: Partial<DecideContext> = {}): string {
  const decision = decide(event, context(overrides));
  return decision.accept ? 'ok' : decision.code;
}

function other(kind: number, tags: string[][] = [], created_at = NOW): SignedEvent {
  return signAs('somebody', { kind, tags, content: '', created_at });
}

function resigned(event: SignedEvent, changes: Partial<SignedEvent>, name = 'investor') {
  return signAs(name, { ...event, ...changes, tags: [...(changes.tags ?? event.tags)] });
}

describe('facts', () => {
  it('of a whole loan are accepted, in any order, whether or not anything else is held', () => {
    const facts = [loan.offer.event, request, ...loan.events].reverse();
    expect(facts.map((event) => codeOf(event))).toEqual(facts.map(() => 'ok'));
    const held = { keysNamedBy: () => new Set(['investor', 'business', 'bank'].map(publicOf)) };
    expect(facts.map((event) => codeOf(event, held))).toEqual(facts.map(() => 'ok'));
  });

  it('are refused with the code every reader gives, requires: R-6', () => {
    const folder = join(ROOT, 'specs/vectors');
    const cases = ['events', 'listings', 'agreement', 'prices'].flatMap((topic) =>
      readdirSync(join(folder, topic)).map((file) => join(folder, topic, file)),
    );
    for (const path of cases) {
      const { event } = JSON.parse(readFileSync(path, 'utf8')) as { event?: unknown };
      if (event === undefined) continue;
      const read = readEvent(event);
      const expected = read.ok ? 'ok' : read.code;
      const code = codeOf(event, { nowSec: 4_294_967_295 });
      // What the protocol does not know may be any other kind, or one reserved for later.
      if (expected === 'KIND_UNKNOWN') expect(code).toMatch(/^KIND_(RESERVED|NOT_CARRIED)$/);
      else expect([path, code]).toEqual([path, expected]);
    }
  });

  it('may not be protected or expire, requires: R-5', () => {
    const tags = (tag: string[]) => ({ tags: [...receipt.tags, tag] });
    expect(codeOf(resigned(receipt, tags(['-'])))).toBe('FACT_PROTECTED');
    expect(codeOf(resigned(receipt, tags(['expiration', '1900000000'])))).toBe('FACT_EXPIRING');
  });

  it('of reserved kinds are refused, requires: R-2', () => {
    expect(codeOf(other(2_822), { rules: { ...DEFAULT_RULES, kinds: 'all' } })).toBe(
      'KIND_RESERVED',
    );
  });

  it('of single sales are refused, reports of them are not, requires: R-12', () => {
    const sale = sell({ serial: 1, msat: 21_000n, atSec: NOW - 10 });
    const said = { fromSec: NOW - 100, toSec: NOW };
    const report = buildSales(reportOf([loan.root], [sale], said), NOW);
    expect(codeOf(sale.event)).toBe('SALE_PRIVATE');
    expect(codeOf(signAs('business', report))).toBe('ok');
  });

  it('are not taken from strangers to a contract that is known, requires: R-7', () => {
    const [acceptance] = signatures;
    const foreign = resigned(acceptance as SignedEvent, {}, 'stranger');
    expect(codeOf(foreign)).toBe('AUTHOR_STRANGER');
    const withdrawal = new Loan().withdraw('investor', NOW - 10);
    const keysNamedBy = () => new Set([publicOf('bank')]);
    expect(codeOf(withdrawal)).toBe('ok');
    expect(codeOf(withdrawal, { keysNamedBy })).toBe('AUTHOR_STRANGER');
    expect(codeOf(receipt, { keysNamedBy })).toBe('ok');
    const made = new TestCase(unpaidLoan('investor', { startAtSec: NOW - 6_060 }));
    const step = made.open(1_000n);
    expect(codeOf(step)).toBe('ok');
    expect(codeOf(step, { keysNamedBy })).toBe('AUTHOR_STRANGER');
  });

  it('are taken from a key that took another’s place, whichever comes first, requires: R-7', () => {
    const changed = new Loan();
    changed.signAll();
    const rotation = rotate(changed, 'bank', { from: 'bank', to: 'bank new' }, NOW - 20);
    const seen = [changed.root];
    const closure = { v: 1, type: 'closure', contract: changed.root, seen, statement: '' } as const;
    const closed = (prev: string[]): SignedEvent =>
      signAs('bank new', buildNotice({ ...closure, prev }, NOW - 10));
    const named = new Set([publicOf('bank'), publicOf('investor')]);
    const keysNamedBy = () => named;
    // The rotation is not here yet: nobody can know.
    const before = { keysNamedBy, keysLedTo: () => named, holds: () => false };
    expect(codeOf(closed([rotation.id]), before)).toBe('ok');
    // It is here, and leads to the key or does not.
    const lookup = createKeyLookup(() => [JSON.stringify(rotation)]);
    const after = { keysNamedBy, keysLedTo: lookup, holds: () => true };
    expect(codeOf(closed([rotation.id]), after)).toBe('ok');
    const none = { ...after, keysLedTo: createKeyLookup(() => []) };
    expect(codeOf(closed([rotation.id]), none)).toBe('AUTHOR_STRANGER');
    expect(codeOf(closed([]), before)).toBe('AUTHOR_STRANGER');
  });

  it('rest on an id and a signature the relay has checked, and on none that it has not', () => {
    const forged = { ...receipt, sig: request.sig };
    expect(codeOf(forged)).toBe('EVENT_SIGNATURE');
    expect(codeOf(forged, { isSignatureChecked: true })).toBe('ok');
    // Whoever has checked a signature has computed the id it is over.
    const misnamed = { ...receipt, id: request.id };
    expect(codeOf(misnamed, { isSignatureChecked: true })).toBe('ok');
    const long = { ...receipt, tags: [['x', 'ü'.repeat(33_000)]] };
    expect(codeOf(long, { isSignatureChecked: true })).toBe('EVENT_SIZE');
    const torn = { ...receipt, tags: [['x', '\ud800']] };
    expect(codeOf(torn, { isSignatureChecked: true })).toBe('EVENT_SHAPE');
  });

  it('embed what has its id in any case, and its signature as chosen, requires: R-11', () => {
    const carrier = (field: string, value: string | number): SignedEvent => {
      const document = JSON.parse(receipt.content) as { request: Record<string, unknown> };
      document.request[field] = value;
      return resigned(receipt, { content: JSON.stringify(document) });
    };
    const cases = {
      forged: carrier('sig', receipt.sig),
      unsigned: carrier('sig', ''),
      altered: carrier('created_at', receipt.created_at + 1),
    };
    const codes = (checksEmbedded: boolean): string[] => {
      const rules = { ...DEFAULT_RULES, checksEmbedded };
      const reader = createReader(nobleVerifier);
      return Object.values(cases).map((event) => codeOf(event, { rules, reader }));
    };
    const rest = ['CONTENT_SCHEMA', 'EMBEDDED_INVALID'];
    expect(codes(true)).toEqual(['EMBEDDED_INVALID', ...rest]);
    expect(codes(false)).toEqual(['ok', ...rest]);
  });

  it('are remembered apart under either choice, requires: R-11', () => {
    const [acceptance] = signatures as [SignedEvent];
    const document = JSON.parse(acceptance.content) as { terms: { sig: string } };
    document.terms.sig = receipt.sig;
    const forged = resigned(acceptance, { content: JSON.stringify(document) }, 'bank');
    const reader = createReader(nobleVerifier);
    const ask = (event: SignedEvent, checksEmbedded: boolean): string =>
      codeOf(event, { reader, rules: { ...DEFAULT_RULES, checksEmbedded } });
    const outcomes = [false, true, false].map((checks) => ask(forged, checks));
    expect(outcomes).toEqual(['ok', 'EMBEDDED_INVALID', 'ok']);
    expect([ask(acceptance, true), ask(forged, true)]).toEqual(['ok', 'EMBEDDED_INVALID']);
  });
});

describe('time', () => {
  it('has a bound ahead and none behind, requires: R-1', () => {
    expect(codeOf(other(30_078, [], NOW + 300))).toBe('ok');
    expect(codeOf(other(30_078, [], NOW + 301))).toBe('TIME_FUTURE');
    expect(codeOf(resigned(receipt, { created_at: NOW + 301 }))).toBe('TIME_FUTURE');
    expect(codeOf(receipt, { nowSec: 4_000_000_000 })).toBe('ok');
    expect(codeOf(other(30_078, [], 0))).toBe('ok');
  });
});

describe('other kinds', () => {
  it.each(['protocol', 'needed', 'all'] as const)('under "%s", requires: R-3', (kinds) => {
    const rules = { ...DEFAULT_RULES, kinds };
    const needed = kinds === 'protocol' ? 'KIND_NOT_CARRIED' : 'ok';
    for (const kind of NEEDED_KINDS.keys()) expect(codeOf(other(kind), { rules })).toBe(needed);
    expect(codeOf(other(1), { rules })).toBe(kinds === 'all' ? 'ok' : 'KIND_NOT_CARRIED');
    expect(codeOf(other(5), { rules })).toBe('ok');
    expect(codeOf(receipt, { rules })).toBe('ok');
  });

  it('that are private are never published, requires: R-4', () => {
    const rules = { ...DEFAULT_RULES, kinds: 'all' as const };
    for (const kind of PRIVATE_KINDS.keys()) {
      expect(codeOf(other(kind), { rules })).toBe('KIND_PRIVATE');
    }
  });

  it('are checked like any event unless the relay has done so', () => {
    const forged = { ...other(30_078), sig: receipt.sig };
    expect(codeOf(forged)).toBe('EVENT_SIGNATURE');
    expect(codeOf(forged, { isSignatureChecked: true })).toBe('ok');
    expect(codeOf({ ...other(30_078), tags: 'none' })).toBe('EVENT_SHAPE');
  });
});

describe('vanished keys', () => {
  const vanishedAtSec = (key: string) => (key === publicOf('somebody') ? NOW - 10 : undefined);
  const relayUrls = new Set(['wss://relay.example']);
  const vanish = { relayUrls, vanishedAtSec };

  it('bring nothing back from before, and may begin anew, requires: R-8', () => {
    expect(codeOf(other(30_078, [], NOW - 10), { vanish })).toBe('KEY_VANISHED');
    expect(codeOf(other(30_078, [], NOW - 9), { vanish })).toBe('ok');
    const wrap = (created_at: number) =>
      signAs('else', { kind: 1_059, tags: [['p', publicOf('somebody')]], content: '', created_at });
    expect(codeOf(wrap(NOW - 10), { vanish })).toBe('KEY_VANISHED');
    expect(codeOf(wrap(NOW), { vanish })).toBe('ok');
  });

  it('do not take along what others embed, requires: R-10', () => {
    const gone = (key: string) => (key === publicOf('investor') ? NOW : undefined);
    const after = { vanish: { relayUrls, vanishedAtSec: gone } };
    expect(codeOf(contract, after)).toBe('KEY_VANISHED');
    const kept = signatures.filter(({ pubkey }) => pubkey === publicOf('bank'));
    expect(kept.map((event) => codeOf(event, after))).toEqual(['ok']);
  });

  it('ask a relay that can do it and is meant, requires: R-9', () => {
    const ask = (...urls: string[]) =>
      other(
        62,
        urls.map((url) => ['relay', url]),
      );
    expect(codeOf(ask('ALL_RELAYS'))).toBe('VANISH_UNSUPPORTED');
    expect(codeOf(ask('ALL_RELAYS'), { vanish })).toBe('ok');
    expect(codeOf(ask('wss://a.example', 'wss://RELAY.example/'), { vanish })).toBe('ok');
    expect(codeOf(ask('wss://a.example'), { vanish })).toBe('VANISH_ELSEWHERE');
    expect(codeOf(ask(), { vanish })).toBe('VANISH_ELSEWHERE');
  });
});

describe('words', () => {
  it('are a prefix of NIP-01, a plain sentence and the code', () => {
    const refusals = [other(1), other(2_822), { ...receipt, sig: 'x' }, receipt].map((event) =>
      decide(event, context({ nowSec: event === receipt ? 0 : NOW })),
    );
    expect(refusals.map((decision) => (decision.accept ? '' : decision.reason))).toEqual([
      'blocked: This relay does not carry events of this kind. (KIND_NOT_CARRIED)',
      'blocked: The kind number is reserved for a later version of the protocol. (KIND_RESERVED)',
      'invalid: This is not a well-formed Nostr event. (EVENT_SHAPE: sig)',
      'invalid: The event is dated further ahead than this relay allows. (TIME_FUTURE)',
    ]);
  });

  it('are those of the specification', () => {
    const page = readFileSync(join(ROOT, 'specs/relays.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` \| (\w+) \| (.+) \|$/gm)];
    const listed = rows.map(([, code, prefix, sentence]) => [code, [prefix, sentence]]);
    expect(listed).toEqual(Object.entries(RELAY_REASONS));
    for (const kind of NEEDED_KINDS.keys()) expect(page).toMatch(new RegExp(`\\b${kind}\\b`));
  });
});

test('a verdict on an embedded event is kept under the id computed from it', () => {
  let asked = 0;
  const counting: SignatureVerifier = (...claim) => {
    asked += 1;
    return nobleVerifier(...claim);
  };
  const reader = createReader(counting);
  const judge = (event: unknown) => codeOf(event, { reader, isSignatureChecked: true });
  expect(signatures.slice(0, 3).map(judge)).toEqual(['ok', 'ok', 'ok']);
  const once = asked;
  expect(once).toBeLessThan(5);
  // The same claimed id around other content is another event.
  const [acceptance] = signatures as [SignedEvent];
  const document = JSON.parse(acceptance.content) as { terms: { content: { nonce: string } } };
  document.terms.content.nonce = '00'.repeat(32);
  const forged = resigned(acceptance, { content: JSON.stringify(document) });
  expect(judge(forged)).toBe('EMBEDDED_INVALID');
  expect(asked).toBe(once);
});
