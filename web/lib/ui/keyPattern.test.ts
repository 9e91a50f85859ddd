/** Patterns of keys: fixed, mirrored, and different for keys that look alike. */
import { describe, expect, it } from 'vitest';
import { keyPattern } from './keyPattern.ts';

const KEY = '7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e';

describe('keyPattern', () => {
  it('is the same for the same key', () => {
    expect(keyPattern(KEY)).toEqual(keyPattern(KEY));
  });

  it('differs for keys that begin and end alike', () => {
    const seen = new Set<string>();
    for (let n = 0; n < 500; n++) {
      const middle = n.toString(16).padStart(4, '0');
      seen.add(JSON.stringify(keyPattern(`${KEY.slice(0, 30)}${middle}${KEY.slice(34)}`)));
    }
    expect(seen.size).toBe(500);
  });

  it('has two different hues and mirrored tiles', () => {
    for (const key of [KEY, '', 'x', '0'.repeat(64), 'f'.repeat(64)]) {
      const pattern = keyPattern(key);
      expect(pattern.hue).not.toBe(pattern.secondHue);
      for (const tile of pattern.tiles.filter((each) => each.mirrored)) {
        const twin = pattern.tiles.find(
          (each) => each.row === tile.row && each.column === 4 - tile.column,
        );
        expect(twin?.path).toBe(tile.path);
      }
    }
  });
});
