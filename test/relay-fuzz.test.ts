/**
 * 100,000 damaged events and plugin lines: nothing crashes, each line has one answer, and nothing
 * is accepted that the protocol's reader refuses, or where signatures of embedded events are left
 * to readers, that the reader without these signatures refuses. The damage is the same on every
 * run.
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
  readVerified,
  unembed,
  verify,
  type ParsedEvent,
  type Result,
  type SignatureVerifier,
  type SignedEvent,
} from '@realyield/protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  decide,
  DEFAULT_RULES,
  type DecideContext,
  type Rules,
} from '../relay-rules/src/decide.ts';
import { answerLine } from '../relay-rules/src/plugin/answer.ts';
import { createReader, type Reader } from '../relay-rules/src/reader.ts';
import { isRelayCode } from '../relay-rules/src/reasons.ts';
import { loadVerifier, nodeHash } from '../relay-rules/src/verifier.ts';
import { damageInPlace, damageText, damageValue, Dice } from './fixtures/mutations.ts';
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

function context(overrides: Partial<DecideContext> & { reader: Reader }): DecideContext {
  return { rules: DEFAULT_RULES, nowSec: NOW, isSignatureChecked: false, ...overrides };
}

/** Gives a damaged event the id of its fields, so that what lies behind the id is reached. */
function withRightId(damaged: unknown): unknown {
  const event = damaged as SignedEvent;
  try {
    const { pubkey, created_at, kind, tags, content } = event;
    const text = JSON.stringify([0, pubkey, created_at, kind, tags, content]);
    return { ...event, id: nodeHash(text) };
  } catch {
    return damaged;
  }
}

/** A damaged event: in its fields, or in the document it carries, sometimes canonical again. */
function damageEvent(event: SignedEvent, dice: Dice): unknown {
  if (dice.roll(3) === 0) return damageValue(event, dice);
  try {
    const document = damageInPlace(JSON.parse(event.content), dice);
    const content = dice.roll(4) === 0 ? JSON.stringify(document) : canonicalize(document);
    return { ...event, content };
  } catch {
    return { ...event, content: damageText(event.content, dice) };
  }
}

/** The protocol's reader, with verifiers for the signature of an event and of what it embeds. */
function readAs(
  event: unknown,
  outer: SignatureVerifier,
  embedded: SignatureVerifier,
): Result<readonly ParsedEvent[]> {
  const verified = verify(event, outer);
  return verified.ok
    ? readVerified(verified.value, (inner) => readEvent(unembed(inner), embedded))
    : verified;
}

/** Compares the relay's answer with the reader's; returns whether the event was accepted. */
function compare(
  event: unknown,
  context: DecideContext,
  outer: SignatureVerifier,
  embedded: SignatureVerifier,
): boolean {
  const decision = decide(event, context);
  const kind = (event as { kind?: unknown } | null)?.kind;
  const isFact = typeof kind === 'number' && kindRow(kind) !== undefined;
  if (!isFact && decision.accept) return true;
  const read = readAs(event, outer, embedded);
  const says = decision.accept ? 'ok' : decision.code;
  const isRight =
    says === (read.ok ? 'ok' : read.code) || (!decision.accept && isRelayCode(decision.code));
  if (!isRight) expect.fail(`${says}, ${JSON.stringify(read)}: ${JSON.stringify(event)}`);
  return decision.accept;
}

/** Rules that leave embedded signatures to readers. */
const LEAVING: Rules = { ...DEFAULT_RULES, checksEmbedded: false };
const refuseAll: SignatureVerifier = () => false;

describe('damaged events', () => {
  it(`are judged as the reader judges them: ${EVENTS} of them`, () => {
    const dice = new Dice(20_260_713);
    const checking = context({ reader: createReader(verifier, nodeHash) });
    const believing = context({ reader: createReader(believe, nodeHash) });
    // The relay has checked the outer signature; where it leaves the others, none is looked at.
    const checked = context({ reader: checking.reader, isSignatureChecked: true });
    const reader = createReader(refuseAll, nodeHash);
    const leaving = context({ reader, isSignatureChecked: true, rules: LEAVING });
    let accepted = 0;
    for (let at = 0; at < EVENTS; at += 1) {
      const damaged = damageEvent(dice.pick(originals), dice);
      // Those with the id put right go deepest.
      const event = at % 4 === 0 ? damaged : withRightId(damaged);
      const isAccepted = [
        () => compare(event, checking, verifier, verifier),
        () => compare(event, believing, believe, believe),
        () => compare(event, checked, believe, verifier),
        () => compare(event, leaving, believe, believe),
      ][at % 4]?.();
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
  it.each([
    [true, 20_260_714],
    [false, 20_260_715],
  ])(
    `have one answer each from the plugin, and the right one: ${LINES / 2}, embedded: %s`,
    async (checksEmbedded, seed) => {
      const dice = new Dice(seed);
      const lines = Array.from({ length: LINES / 2 }, () => damagedLine(dice));
      const program = join(ROOT, 'relay-rules/bin/realyield.mjs');
      // Dates of vectors lie ahead of today's clock.
      const args = ['strfry-plugin', '--max-future-sec', '999999999'];
      if (checksEmbedded) args.push('--embedded-signatures');
      const child = spawn(process.execPath, [program, ...args], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const asked = context({
        reader: createReader(verifier, nodeHash),
        rules: { ...DEFAULT_RULES, checksEmbedded },
        nowSec: NOW + 900_000_000,
        isSignatureChecked: true,
      });
      const judge = (event: unknown) => decide(event, asked);
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
      expect([count, child.exitCode]).toEqual([LINES / 2, 0]);
    },
    240_000,
  );
});
