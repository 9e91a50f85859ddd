/**
 * Hostile words in every text field of every kind and message: each is refused with a stable code,
 * or kept to the letter and shown as text that neither turns nor hides what stands beside it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildBankProfile,
  canonicalize,
  KINDS,
  parseMessage,
  readEvent,
  REJECT_CODES,
  type SignedEvent,
} from '@realyield/protocol';
import { getEventHash } from 'nostr-tools/pure';
import { describe, expect, it } from 'vitest';
import { cleanLine, cleanText } from '../web/lib/ui/text.ts';
import { profileDocument, signAs } from './fixtures/loan.ts';
import { ROOT } from './source.ts';

const HOSTILE: Readonly<Record<string, string>> = {
  markup: `"><script>alert(1)</script><img src=x onerror=alert(1)>`,
  template: '{{constructor}} ${alert(1)} {@html x} %s',
  override: 'ab\u202ecd\u2066ef',
  invisible: 'a\u200bb\u2060c\ufeffd\u3164',
  emoji: '👩🏽‍🍳🏦',
  'new lines': 'a\r\nb\u2028c\n\n\n\nd',
  controls: 'a\u0000b\u0007c\u009bd',
  'stacked accents': `a${'\u0301'.repeat(40)}`,
  'half a letter': 'a\ud800',
  'a megabyte': 'x'.repeat(1_000_000),
};
/** What no field takes, whatever it is for. */
const REFUSED_EVERYWHERE = new Set(['half a letter', 'a megabyte']);
/** Characters that hide, or act on what stands beside them; those of emoji and scripts do not. */
const ACTING =
  /(?!\n)\p{Cc}|[\u200b\u2028-\u202e\u2060-\u206f\u3164\ufeff]|\p{M}{4}|\p{Surrogate}/u;

type Json = Readonly<Record<string, unknown>>;
type Path = readonly string[];
type Value = Parameters<typeof canonicalize>[0];
/** Reads the content of an event or message: undefined where it reads, or its code. */
type Read = (content: string) => string | undefined;

const isText = (value: unknown): value is string => typeof value === 'string';
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** Where texts stand in a document; embedded events are their own authors’. */
function textsIn(value: unknown, path: Path = []): Path[] {
  if (isText(value)) return [path];
  if (!isObject(value) || 'sig' in value) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, [...path, key]));
}

function withText(value: unknown, [key, ...rest]: Path, text: string): Value {
  if (key === undefined) return text;
  const copy = structuredClone(value) as Record<string, Value>;
  copy[key] = withText(copy[key], rest, text);
  return copy;
}

/** `tranches.0.milestone.title` is the same field in every tranche. */
const fieldOf = (path: Path): string =>
  path.map((key) => (/^\d+$/.test(key) ? '*' : key)).join('.');

interface Sample {
  readonly name: string;
  readonly document: Json;
  readonly read: Read;
}

const vectorsIn = (folder: string): Json[] =>
  readdirSync(join(ROOT, 'specs/vectors', folder))
    .filter((file) => file.endsWith('.json'))
    .map(
      (file) => JSON.parse(readFileSync(join(ROOT, 'specs/vectors', folder, file), 'utf8')) as Json,
    );

/** Every published event in a vector, wherever it stands. */
function eventsIn(value: unknown): SignedEvent[] {
  if (!isObject(value)) return [];
  const isEvent = isText(value['sig']) && isText(value['content']);
  return isEvent ? [value as unknown as SignedEvent] : Object.values(value).flatMap(eventsIn);
}

/** As its kind reads it, the signature aside: words are judged, not who signed them. */
function readAs(event: SignedEvent): Read {
  return (content) => {
    const unsigned = { ...event, content };
    const read = readEvent(
      { ...unsigned, id: getEventHash({ ...unsigned, tags: event.tags.map((tag) => [...tag]) }) },
      () => true,
    );
    return read.ok ? undefined : read.code;
  };
}

function readMessage(content: string): string | undefined {
  const read = parseMessage(content);
  return read.ok ? undefined : read.code;
}

/** Every document that the vectors show and that reads. */
function samples(): Sample[] {
  const folders = readdirSync(join(ROOT, 'specs/vectors'), { withFileTypes: true });
  const events = folders
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => vectorsIn(name))
    .flatMap(eventsIn);
  events.push(signAs('bank', buildBankProfile(profileDocument(), 1_800_000_000)));
  const unique = [...new Map(events.map((event) => [event.id, event])).values()];
  const ofEvents = unique.flatMap((event): Sample[] => {
    const row = KINDS.find(({ kind }) => kind === event.kind);
    if (!row || !readEvent(event, () => true).ok) return [];
    const document = JSON.parse(event.content) as Json;
    const type = isText(document['type']) ? ` ${document['type']}` : '';
    return [{ name: `${row.name}${type}`, document, read: readAs(event) }];
  });
  const ofMessages = vectorsIn('conversation').flatMap(({ content }): Sample[] => {
    const message = parseMessage(String(content));
    if (!message.ok) return [];
    const document = JSON.parse(String(content)) as Json;
    return [{ name: `message ${message.value.type}`, document, read: readMessage }];
  });
  return [...ofEvents, ...ofMessages];
}

interface Field {
  readonly name: string;
  readonly sample: Sample;
  readonly path: Path;
}

/** What a reader makes of a text in a field; a stranger's JSON may hold what no writer makes. */
function outcome({ sample, path }: Omit<Field, 'name'>, text: string): string | undefined {
  const mark = '-- here --';
  const content = canonicalize(withText(sample.document, path, mark));
  return sample.read(content.replace(mark, () => JSON.stringify(text).slice(1, -1)));
}

/** One example of every field that takes any words. */
function textFields(): Field[] {
  const fields = new Map<string, Field>();
  const tried = new Set<string>();
  for (const sample of samples()) {
    for (const path of textsIn(sample.document)) {
      const name = `${sample.name}: ${fieldOf(path)}`;
      if (tried.has(name)) continue;
      tried.add(name);
      const field = { name, sample, path };
      if (outcome(field, 'Plain words, no more.') === undefined) fields.set(name, field);
    }
  }
  return [...fields.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const fields = textFields();

/** Every field that takes words. A new one is added here once it has been looked at. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  'acknowledgement objection': ['statement'],
  'arbiter profile': ['about', 'name', 'place.locality', 'rules', 'scope'],
  attestation: ['documents.*.name', 'statement'],
  'bank profile': ['about', 'charter', 'name', 'place.locality', 'policy'],
  contract: [
    'legal.complaints',
    'legal.law',
    'legal.riskAcknowledgement',
    'legal.security',
    'legal.text.name',
    'legal.withholdingTax.rule',
    'tranches.*.milestone.description',
    'tranches.*.milestone.title',
  ],
  'dispute step closing': ['statement'],
  'dispute step open': ['statement'],
  'dispute step proposal': ['statement'],
  'dispute step response': ['statement'],
  'dispute step ruling': ['findings'],
  'dispute step withdrawal': ['statement'],
  'message application': [
    'case.businessCase',
    'case.documents.*.name',
    'case.financialHistory',
    'case.name',
    'case.purpose',
    'case.useOfFunds',
  ],
  'message applicationNote': ['text'],
  'message applicationStep': ['reason'],
  'message refusal': ['sentence'],
  'message requestDelivery': ['invoices.*'],
  'message saleInvoice': ['invoice'],
  'message saleRefusal': ['sentence'],
  'message saleWanted': ['till'],
  'message tillCopy': ['sale.invoice'],
  'milestone approval': ['statement'],
  'milestone claim': ['statement'],
  'milestone refusal': ['statement'],
  'notice acceleration': ['statement'],
  'notice arrears': ['statement'],
  'notice closure': ['statement'],
  'notice default': ['statement'],
  'notice fundingFailed': ['statement'],
  'notice recovery': ['statement'],
  'notice takeover': ['statement'],
  'notice writeOff': ['statement'],
  offer: [
    'business.name',
    'business.place.locality',
    'business.sector',
    'legal.complaints',
    'legal.law',
    'legal.riskAcknowledgement',
    'legal.security',
    'legal.withholdingTax.rule',
    'purpose',
    'recovery',
    'story',
    'title',
    'tranches.*.milestone.description',
    'tranches.*.milestone.title',
  ],
  'signature withdrawal': ['reason'],
  'tender tenderAnswer': ['invoices.*'],
};

describe('hostile words', () => {
  it('are tried in every field that takes words', () => {
    const listed = Object.entries(FIELDS).flatMap(([name, all]) =>
      all.map((field) => `${name}: ${field}`),
    );
    expect(fields.map(({ name }) => name)).toEqual(listed);
  });

  it.each(Object.entries(HOSTILE))('%s: refused with a code, or kept', (name, text) => {
    const answers = fields.map((field) => [field.name, outcome(field, text)] as const);
    for (const [field, code] of answers) {
      if (REFUSED_EVERYWHERE.has(name)) expect(code, field).toBeDefined();
      if (code !== undefined) expect(REJECT_CODES, `${field} ${code}`).toContain(code);
    }
    const kept = answers.filter(([, code]) => code === undefined).length;
    if (!REFUSED_EVERYWHERE.has(name)) expect(kept).toBeGreaterThan(0);
  });

  it.each(Object.entries(HOSTILE))('%s: shown without what acts on other text', (_, text) => {
    expect(cleanText(text)).not.toMatch(ACTING);
    const line = cleanLine(text, 200);
    expect(line).not.toMatch(ACTING);
    expect(line).not.toContain('\n');
    expect(line.length).toBeLessThanOrEqual(200);
  });
});
