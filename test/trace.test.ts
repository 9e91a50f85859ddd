/**
 * Ties the specification to the code. A requirement in specs/ is a list item "- **C-7** text…";
 * the code that fulfils it quotes it, `// C-7: "text…"`, over as many comment lines as it takes,
 * with … for what is left out. A quote that no longer matches fails, and so does a requirement
 * that no code quotes or that no vector (`"requires": ["C-7"]`) or test (`requires: C-7`) shows.
 */
import { describe, expect, it } from 'vitest';
import { filesUnder, isTest, type SourceFile } from './source.ts';

/** One quotation: where it stands, which requirement, and the words. */
interface Quote {
  readonly path: string;
  readonly id: string;
  readonly text: string;
}

const ID = '[A-Z]{1,4}-\\d+';
/** Other people's documents, quoted in the same form. */
const FOREIGN = /^(NIP|BOLT|BIP|RFC|LUD)-/;

const squash = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Requirements by id; a text may go on in lines indented below its first. */
function requirementsIn(files: readonly SourceFile[]): readonly (readonly [string, string])[] {
  const item = new RegExp(`^- \\*\\*(${ID})\\*\\* (.+(?:\\n {2,}(?![-*] ).+)*)`, 'gm');
  return files.flatMap(({ text }) =>
    [...text.matchAll(item)].map(([, id = '', words = '']) => [id, squash(words)] as const),
  );
}

/** Quotations in comments; the closing quotation mark ends a comment line. */
function quotesIn(file: SourceFile): readonly Quote[] {
  const quotes: Quote[] = [];
  const start = new RegExp(`(?://|\\*) ?(${ID}): "(.*)$`);
  let open: { id: string; text: string } | undefined;
  for (const line of file.text.split('\n')) {
    const [, id = '', first = ''] = start.exec(line) ?? [];
    if (id !== '') open = FOREIGN.test(id) ? undefined : { id, text: first };
    else if (open) open.text += ` ${line.replace(/^\s*(\/\/|\*)\s?/, '')}`;
    const closed = open && /^(.*)"\s*(?:\*\/)?\s*$/s.exec(open.text);
    if (!open || !closed) continue;
    quotes.push({ path: file.path, id: open.id, text: squash(closed[1] ?? '') });
    open = undefined;
  }
  if (open) quotes.push({ path: file.path, id: open.id, text: 'unclosed quotation' });
  return quotes;
}

/** Whether a quote is the text, or its pieces around "…" stand in it, in this order. */
function quotesText(quote: string, text: string): boolean {
  const pieces = quote.split('…').map((piece) => piece.trim());
  if (pieces.length === 1) return quote === text;
  let at = 0;
  for (const [index, piece] of pieces.entries()) {
    const found = text.indexOf(piece, at);
    const anchored = index === 0 && piece !== '' && found !== 0;
    if (found < 0 || anchored) return false;
    at = found + piece.length;
  }
  const last = pieces.at(-1) ?? '';
  return pieces.some((piece) => piece !== '') && (last === '' || text.endsWith(last));
}

/** Every id below a "requires" key, at any depth. */
function requiredIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (key !== 'requires') return requiredIn(inner);
    return (Array.isArray(inner) ? inner : [inner]).map((id) => String(id));
  });
}

/** Ids after "requires:" in a test's title or comment. */
function requiredInTest({ text }: SourceFile): readonly string[] {
  const list = new RegExp(`requires: (${ID}(?:, ${ID})*)`, 'g');
  return [...text.matchAll(list)].flatMap(([, ids = '']) => ids.split(', '));
}

const specs = filesUnder('specs', ['.md']);
const listed = requirementsIn(specs);
const requirements = new Map(listed);
const ids = [...requirements.keys()];
const source = ['protocol', 'web/lib', 'relay-rules']
  .flatMap((folder) => filesUnder(folder, ['.ts', '.svelte']))
  .filter(({ path }) => !isTest(path));
const quotes = source.flatMap(quotesIn);
const tests = ['protocol', 'web', 'relay-rules', 'test']
  .flatMap((folder) => filesUnder(folder, ['.ts']))
  .filter(({ path }) => isTest(path) && path !== 'test/trace.test.ts');
const vectors = filesUnder('specs/vectors', ['.json']);
const shown = [
  ...vectors.flatMap(({ text }) => requiredIn(JSON.parse(text))),
  ...tests.flatMap(requiredInTest),
];

describe('requirements', () => {
  it('are found, each id once', () => {
    expect(ids.length).toBeGreaterThan(0);
    expect(listed.map(([id]) => id).filter((id, at, all) => all.indexOf(id) !== at)).toEqual([]);
  });

  it('are quoted word for word', () => {
    const wrong = quotes.filter(({ id, text }) => !quotesText(text, requirements.get(id) ?? ''));
    expect(wrong).toEqual([]);
  });

  it('are each quoted in the code', () => {
    const quoted = new Set(quotes.map(({ id }) => id));
    expect(ids.filter((id) => !quoted.has(id))).toEqual([]);
  });

  it('are each shown by a vector or a test', () => {
    expect(ids.filter((id) => !shown.includes(id))).toEqual([]);
    expect(shown.filter((id) => !requirements.has(id))).toEqual([]);
  });
});

describe('reading quotations', () => {
  const text = 'A reader MUST refuse `0x10` with "CODE". Nothing else counts.';
  const read = (comment: string): readonly Quote[] => quotesIn({ path: 'x.ts', text: comment });

  it('joins wrapped comments and keeps quotation marks inside', () => {
    const wrapped =
      'let a; // C-7: "A reader MUST refuse\n  // `0x10` with "CODE". Nothing else counts."';
    const block =
      '/**\n * C-7: "A reader MUST refuse `0x10` with\n * "CODE". Nothing else counts." */';
    expect([...read(wrapped), ...read(block)].map((quote) => quote.text)).toEqual([text, text]);
    expect(read('// NIP-44: "says something"')).toEqual([]);
    expect(read('// C-7: "never closed').map((quote) => quote.text)).toEqual([
      'unclosed quotation',
    ]);
  });

  it('matches the whole text, or pieces in order around an ellipsis', () => {
    const good = [text, 'A reader MUST refuse…', '…Nothing else counts.', 'A reader … counts.'];
    const bad = ['A reader MUST refuse', '…', 'reader MUST…', 'A … refuse', 'A … refuse … MUST…'];
    expect(good.filter((quote) => !quotesText(quote, text))).toEqual([]);
    expect(bad.filter((quote) => quotesText(quote, text))).toEqual([]);
  });

  it('reads requirements over several lines', () => {
    const list =
      '- **C-7** A reader\n  MUST refuse.\n- **C-8** Other.\n  - a note\n\nText **C-9** no.';
    expect(requirementsIn([{ path: 'specs/x.md', text: list }])).toEqual([
      ['C-7', 'A reader MUST refuse.'],
      ['C-8', 'Other.'],
    ]);
  });
});
