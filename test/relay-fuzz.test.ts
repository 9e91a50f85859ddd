/**
 * 100,000 damaged events and plugin lines: nothing crashes, each line has one answer, and nothing
 * is accepted that the protocol's reader refuses. The damage is the same on every run.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  canonicalize,
  kindRow,
  readEvent,
  type SignatureVerifier,
  type SignedEvent,
} from '@realyield/protocol';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { decide, DEFAULT_RULES, type DecideContext } from '../relay-rules/src/decide.ts';
import { answerLine } from '../relay-rules/src/plugin/answer.ts';
import { createReader, type Reader } from '../relay-rules/src/reader.ts';
import { isRelayCode } from '../relay-rules/src/reasons.ts';
import { loadVerifier, nodeHash } from '../relay-rules/src/verifier.ts';
import { damageText, damageValue, Dice } from './fixtures/mutations.ts';
import { ROOT } from './source.ts';

const EVENTS = 70_000;
const LINES = 30_000;
const NOW = 1_900_000_000;

/** Events of the vectors: valid and invalid ones of every kind. */
function eventsOfVectors(): SignedEvent[] {
  const folder = join(ROOT, 'specs/vectors');
  const topics = ['events', 'listings', 'agreement', 'contract', 'payments', 'money'];
  const found = topics.flatMap((topic) =>
    readdirSync(join(folder, topic)).flatMap((file) => {
      const text = readFileSync(join(folder, topic, file), 'utf8');
      const vector = JSON.parse(text) as { event?: SignedEvent; events?: SignedEvent[] };
      return [...(vector.events ?? []), ...(vector.event ? [vector.event] : [])];
    }),
  );
  // The largest of all is kept out: what it shows, damage to the others shows quicker.
  const small = found.filter((event) => JSON.stringify(event).length < 20_000);
  return [...new Map(small.map((event) => [JSON.stringify(event), event])).values()];
}

const originals = eventsOfVectors();
const believe: SignatureVerifier = () => true;
let verifier: SignatureVerifier = () => false;
beforeAll(async () => {
  verifier = await loadVerifier();
});

function context(reader: Reader, isSignatureChecked = false): DecideContext {
  return { rules: DEFAULT_RULES, nowSec: NOW, isSignatureChecked, reader };
}

/** Gives a damaged event the id of its fields, so that what lies behind the id is reached. */
function withRightId(damaged: unknown): unknown {
  const event = damaged as SignedEvent;
  try {
    const { pubkey, created_at, kind, tags, content } = event;
    const text = JSON.stringify([0, pubkey, created_at, kind, tags, content]);
    return { ...event, id: bytesToHex(sha256(utf8ToBytes(text))) };
  } catch {
    return damaged;
  }
}

/** A damaged event: in its fields, or in the document it carries, sometimes canonical again. */
function damageEvent(event: SignedEvent, dice: Dice): unknown {
  if (dice.roll(3) === 0) return damageValue(event, dice);
  try {
    const document = damageValue(JSON.parse(event.content), dice);
    const content = dice.roll(4) === 0 ? JSON.stringify(document) : canonicalize(document);
    return { ...event, content };
  } catch {
    return { ...event, content: damageText(event.content, dice) };
  }
}

/** Compares the relay's answer with the reader's; returns whether the event was accepted. */
function compare(event: unknown, reader: Reader, verifier: SignatureVerifier): boolean {
  const decision = decide(event, context(reader));
  const kind = (event as { kind?: unknown } | null)?.kind;
  const isFact = typeof kind === 'number' && kindRow(kind) !== undefined;
  if (!isFact && decision.accept) return true;
  const read = readEvent(event, verifier);
  const says = decision.accept ? 'ok' : decision.code;
  const isRight =
    says === (read.ok ? 'ok' : read.code) || (!decision.accept && isRelayCode(decision.code));
  if (!isRight) expect.fail(`${says}, ${JSON.stringify(read)}: ${JSON.stringify(event)}`);
  return decision.accept;
}

describe('damaged events', () => {
  it(`are judged as the reader judges them: ${EVENTS} of them`, () => {
    const dice = new Dice(20_260_713);
    const raw = createReader(verifier, nodeHash);
    const trusting = createReader(believe, nodeHash);
    let accepted = 0;
    for (let at = 0; at < EVENTS; at += 1) {
      const damaged = damageEvent(dice.pick(originals), dice);
      // A third with the id put right and any signature believed: they go deepest.
      const deep = at % 3 === 0;
      const isAccepted = deep
        ? compare(withRightId(damaged), trusting, believe)
        : compare(damaged, raw, verifier);
      if (isAccepted) accepted += 1;
    }
    // Some damage makes another valid event: texts, amounts and names may be anything.
    expect(accepted).toBeGreaterThan(100);
    expect(accepted).toBeLessThan(EVENTS / 4);
  }, 240_000);
});

/** A question as strfry writes it, damaged more often than not. */
function damagedLine(dice: Dice): string {
  const event = dice.roll(3) === 0 ? dice.pick(originals) : damageEvent(dice.pick(originals), dice);
  const question = { type: 'new', event, receivedAt: NOW, sourceType: 'IP4', sourceInfo: '::1' };
  const text = JSON.stringify(dice.roll(8) === 0 ? damageValue(question, dice) : question);
  return (dice.roll(3) === 0 ? damageText(text, dice) : text).replaceAll('\n', ' ');
}

describe('damaged lines', () => {
  it(`have one answer each from the plugin, and the right one: ${LINES} of them`, async () => {
    const dice = new Dice(20_260_714);
    const lines = Array.from({ length: LINES }, () => damagedLine(dice));
    const program = join(ROOT, 'relay-rules/bin/realyield.mjs');
    // Dates of vectors lie ahead of today's clock.
    const args = ['strfry-plugin', '--max-future-sec', '999999999'];
    const child = spawn(process.execPath, [program, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const reader = createReader(verifier, nodeHash);
    const judge = (event: unknown) =>
      decide(event, { ...context(reader, true), nowSec: NOW + 900_000_000 });
    child.stdin.end(lines.join('\n'));
    let count = 0;
    for await (const answer of createInterface({ input: child.stdout })) {
      const line = lines[count] ?? '';
      // A text with half a surrogate pair travels as U+FFFD.
      const expected = answerLine(Buffer.from(line).toString(), judge);
      if (answer !== expected) expect.fail(`${answer}, not ${expected}: ${line}`);
      count += 1;
    }
    if (child.exitCode === null) await once(child, 'exit');
    expect([count, child.exitCode]).toEqual([LINES, 0]);
  }, 240_000);
});
