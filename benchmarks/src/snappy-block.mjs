/**
 * Compresses a block as snappy has it: the last place where the same four bytes stood is looked up, and
 * what is the same from there is copied. As small as senders make it, about.
 *
 * @param {Uint8Array} source
 * @returns {Buffer}
 */
export function compressSnappy(source) {
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  const out = Buffer.allocUnsafe(source.length + Math.ceil(source.length / 6) + 32);
  const places = new Int32Array(1 << 14).fill(-1);
  let to = 0;
  for (let rest = source.length; ; rest = Math.floor(rest / 128)) {
    out[to++] = rest > 127 ? (rest % 128) | 128 : rest;
    if (rest <= 127) break;
  }
  let literalFrom = 0;
  const literal = (/** @type {number} */ end) => {
    let length = end - literalFrom;
    if (length === 0) return;
    length -= 1;
    if (length < 60) out[to++] = length << 2;
    else if (length < 256) {
      out[to++] = 60 << 2;
      out[to++] = length;
    } else {
      out[to++] = 62 << 2;
      out[to++] = length & 255;
      out[to++] = (length >> 8) & 255;
      out[to++] = length >> 16;
    }
    out.set(source.subarray(literalFrom, end), to);
    to += end - literalFrom;
  };
  let at = 0;
  while (at + 4 <= source.length) {
    const word = view.getUint32(at, true);
    const slot = (Math.imul(word, 0x1e35a7bd) >>> 18) & 0x3fff;
    const before = /** @type {number} */ (places[slot]);
    places[slot] = at;
    if (before < 0 || at - before > 65_535 || view.getUint32(before, true) !== word) {
      at += 1;
      continue;
    }
    literal(at);
    let length = 4;
    while (at + length < source.length && source[before + length] === source[at + length]) length++;
    const offset = at - before;
    for (let rest = length; rest > 0;) {
      const part = Math.min(rest, 64);
      out[to++] = ((part - 1) << 2) | 2;
      out[to++] = offset & 255;
      out[to++] = offset >> 8;
      rest -= part;
    }
    at += length;
    literalFrom = at;
  }
  literal(source.length);
  return out.subarray(0, to);
}
