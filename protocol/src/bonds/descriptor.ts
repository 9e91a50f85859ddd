/** The checksum of output descriptors. Source: BIP-380, "Checksum". */

/** Characters a descriptor may hold, in the order the checksum counts them. */
const INPUT =
  "0123456789()[],'/*abcdefgh@:$%{}" +
  'IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~' +
  'ijklmnopqrstuvwxyzABCDEFGH`#"\\ ';

const OUTPUT = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

const GENERATOR = [0xf5dee51989n, 0xa9fdca3312n, 0x1bab10e32dn, 0x3706b1677an, 0x644d626ffdn];

/** One step of the checksum over GF(32): the state moves up by a symbol of 5 bits. */
function step(state: bigint, symbol: number): bigint {
  const top = state >> 35n;
  const moved = ((state & 0x7ffffffffn) << 5n) ^ BigInt(symbol);
  return GENERATOR.reduce(
    (sum, each, bit) => ((top >> BigInt(bit)) & 1n ? sum ^ each : sum),
    moved,
  );
}

/** The eight characters after "#"; the text holds only characters of a descriptor. */
export function descriptorChecksum(text: string): string {
  let state = 1n;
  let classes = 0;
  let count = 0;
  for (const character of text) {
    const place = INPUT.indexOf(character);
    state = step(state, place & 31);
    classes = classes * 3 + (place >> 5);
    count += 1;
    // Three characters share one symbol for the groups they are from.
    if (count === 3) {
      state = step(state, classes);
      [classes, count] = [0, 0];
    }
  }
  if (count > 0) state = step(state, classes);
  for (let index = 0; index < 8; index += 1) state = step(state, 0);
  state ^= 1n;
  const places = Array.from({ length: 8 }, (_, at) =>
    Number((state >> BigInt(5 * (7 - at))) & 31n),
  );
  return places.map((place) => OUTPUT[place]).join('');
}
