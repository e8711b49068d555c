import { stopAt, stopAtEntry } from './stopped';

/** Tags of prompb's messages: field number × 8 + wire type. */
const timeSeries: u8 = 0x0a;
const sample: u8 = 0x12;
const value: u8 = 0x09;
const timestamp: u8 = 0x10;

/**
 * Reads the TimeSeries of a prometheus.WriteRequest as long as each has the labels that are expected of
 * it, and one sample: what a sender that repeats its order sends. It stops at the first that is something
 * else, or is not well-formed.
 *
 * Entries, what is expected, lie one behind the other: length and context as u32, the labels' bytes, and
 * what makes it a multiple of eight. Up to 16 bytes behind a message and behind an entry are read.
 *
 * @param out for each sample: its time, ms, and its value, f64 each
 * @param most samples that there is room for
 * @returns how many were read; `stoppedAt` and `entryAt` are what would be next
 */
export function follow(
  at: usize,
  end: usize,
  entry: usize,
  entriesEnd: usize,
  context: u32,
  out: usize,
  most: i32,
): i32 {
  let count = 0;
  while (count < most && entry < entriesEnd && at + 2 < end && load<u8>(at) === timeSeries) {
    let p = at + 2;
    let size = <usize>load<u8>(at, 1);
    if (size > 127) {
      const high = <usize>load<u8>(p++);
      if (high > 127) break;
      size = (size & 127) | (high << 7);
    }
    const stop = p + size;
    const length = <usize>load<u32>(entry);
    if (stop > end || length + 2 > size || load<u32>(entry, 4) !== context) break;
    if (!isSame(p, entry + 8, length)) break;
    p += length;
    const sampleSize = <usize>load<u8>(p, 1);
    if (load<u8>(p) !== sample || sampleSize > 127 || p + 2 + sampleSize !== stop) break;
    p += 2;
    let read: f64 = 0;
    let timeMs: i64 = 0;
    if (p + 9 <= stop && load<u8>(p) === value) {
      read = load<f64>(p, 1);
      p += 9;
    }
    if (p < stop && load<u8>(p) === timestamp) {
      p++;
      let byte: i64 = 128;
      for (let shift: i64 = 0; byte >= 128 && shift < 63 && p < stop; shift += 7) {
        byte = <i64>load<u8>(p++);
        timeMs |= (byte & 127) << shift;
      }
      if (byte >= 128) break;
    }
    if (p !== stop) break;
    store<f64>(out, <f64>timeMs);
    store<f64>(out, read, 8);
    out += 16;
    count++;
    at = stop;
    entry += (8 + length + 7) & ~7;
  }
  stopAt(at);
  stopAtEntry(entry);
  return count;
}

function isSame(a: usize, b: usize, length: usize): bool {
  if (length < 16) {
    for (let i: usize = 0; i < length; i++) if (load<u8>(a + i) !== load<u8>(b + i)) return false;
    return true;
  }
  // Attributes of one metric tend to differ near their end.
  const last = length - 16;
  if (differ(a + last, b + last)) return false;
  for (let i: usize = 0; i < last; i += 16) if (differ(a + i, b + i)) return false;
  return true;
}

function differ(a: usize, b: usize): bool {
  return v128.any_true(v128.xor(v128.load(a), v128.load(b)));
}
