/**
 * A fixed pattern for a public key: a mirrored five-by-five field of tiles in two hues. It is
 * mixed from all 32 bytes, so keys made to begin or end alike still look different.
 */

/** One tile of a pattern. */
export interface PatternTile {
  readonly column: number;
  readonly row: number;
  /** SVG path within a 10 by 10 tile. */
  readonly path: string;
  /** Which of the pattern's two hues. */
  readonly second: boolean;
  /** Drawn on the right half as the mirror of the left. */
  readonly mirrored: boolean;
}

/** A pattern: indices of two different hues (0 to 7) and its tiles. */
export interface KeyPattern {
  readonly hue: number;
  readonly secondHue: number;
  readonly tiles: readonly PatternTile[];
}

const SIZE = 5;
const HUES = 8;
const SHAPES = [
  'M0 0H10V10H0Z',
  'M0 0H10L0 10Z',
  'M10 0V10H0Z',
  'M0 10A10 10 0 0 1 10 0V10Z',
  'M0 0A10 10 0 0 1 10 10H0Z',
  'M5 0L10 5L5 10L0 5Z',
  'M5 1.5A3.5 3.5 0 1 0 5 8.5A3.5 3.5 0 1 0 5 1.5Z',
] as const;

/** A small generator (xorshift) seeded by every byte of the key; not for secrets. */
function drawsFrom(publicKey: string): (count: number) => number {
  let a = 0x9e3779b9;
  let b = 0x85ebca6b;
  for (const letter of publicKey) {
    a = Math.imul(a ^ letter.charCodeAt(0), 0x01000193) >>> 0;
    b = (Math.imul(b, 33) + (a >>> 7)) >>> 0;
  }
  let state = (a ^ (b << 5)) >>> 0 || 1;
  return (count) => {
    state ^= (state << 13) >>> 0;
    state ^= state >>> 17;
    state ^= (state << 5) >>> 0;
    state >>>= 0;
    return ((state ^ b) >>> 0) % count;
  };
}

/** The pattern of a key; any text gives one, the same text always the same. */
export function keyPattern(publicKey: string): KeyPattern {
  const draw = drawsFrom(publicKey);
  const hue = draw(HUES);
  const secondHue = (hue + 1 + draw(HUES - 1)) % HUES;
  const tiles: PatternTile[] = [];
  const half = Math.ceil(SIZE / 2);
  for (let row = 0; row < SIZE; row++) {
    for (let column = 0; column < half; column++) {
      const shape = draw(SHAPES.length + 2);
      const second = draw(3) === 0;
      const path = SHAPES[shape];
      if (path === undefined) continue;
      tiles.push({ column, row, path, second, mirrored: false });
      const mirror = SIZE - 1 - column;
      if (mirror !== column) tiles.push({ column: mirror, row, path, second, mirrored: true });
    }
  }
  return { hue, secondHue, tiles };
}
