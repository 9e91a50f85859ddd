/**
 * Strangers' words made safe to show: control characters, bidirectional overrides and invisible
 * characters removed, stacks of accents cut. The result is text for a text node inside <bdi>,
 * never markup.
 */

/** C0 and C1 controls except line feed. */
const CONTROLS = /(?!\n)\p{Control}/gu;
/**
 * What is drawn as nothing: direction marks, embeddings, overrides and isolates, zero-width space,
 * tags, fillers; not what joins or varies letters of some scripts and emoji.
 */
const INVISIBLE = /(?!\p{Join_Control}|\p{Variation_Selector}|\u034f|\u17b4|\u17b5|\u180e)\p{DI}/gu;
const LINE_BREAKS = /\r\n?|[\u2028\u2029\u0085]/g;
const LONE_SURROGATES = /\p{Surrogate}/gu;
/** A letter keeps at most three marks: more only serve to draw over the neighbours. */
const MARK_STACK = /(\p{M}{3})\p{M}+/gu;

const letters = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** Code units looked at for each one kept: enough for any emoji, and an end to the work. */
const LONGEST_LETTER = 4;

/** Text fit to show; line breaks stay, at most two in a row. */
export function cleanText(text: string): string {
  return text
    .replace(LINE_BREAKS, '\n')
    .replace(CONTROLS, ' ')
    .replace(INVISIBLE, '')
    .replace(LONE_SURROGATES, '\ufffd')
    .replace(MARK_STACK, '$1')
    .replace(/\n{3,}/g, '\n\n');
}

/** Whether nothing of a text would be seen. */
export function isBlank(text: string): boolean {
  return !/[\p{L}\p{N}\p{P}\p{S}]/u.test(cleanText(text).replace(/\u2800/g, ''));
}

/** Whether a text holds control characters, or such as cannot be seen or turn text around. */
export function hasHidden(text: string): boolean {
  return text !== text.replace(CONTROLS, '').replace(INVISIBLE, '') || text.includes('\n');
}

/** Text fit to show on one line, cut between letters after at most `maxLength` code units. */
export function cleanLine(text: string, maxLength = 200): string {
  // The thin space that keeps a figure together stays: our own sentences come this way too.
  const line = cleanText(text)
    .replace(/\s+/g, (run) => (run === '\u202f' ? run : ' '))
    .trim();
  if (line.length <= maxLength) return line;
  let cut = '';
  for (const { segment } of letters.segment(line.slice(0, maxLength * LONGEST_LETTER))) {
    if (cut.length + segment.length >= maxLength) break;
    cut += segment;
  }
  return `${cut}…`;
}

/**
 * Raw text for inspection: what would be invisible, or would turn the line around, is written as
 * the escape JSON has for it. Nothing is left out.
 */
export function revealText(text: string): string {
  const escape = (found: string): string =>
    Array.from({ length: found.length }, (_, index) => {
      const unit = found.charCodeAt(index).toString(16).padStart(4, '0');
      return `\\u${unit}`;
    }).join('');
  return text.replace(CONTROLS, escape).replace(INVISIBLE, escape).replace(LONE_SURROGATES, escape);
}
