import { stopAt } from './stopped';

const fine: i32 = 0;
const literalCut: i32 = 1;
const copyBeforeBeginning: i32 = 2;
const tooLong: i32 = 3;
const tooShort: i32 = 4;

/** Kinds of element: the low two bits of its first byte. */
const literal: usize = 0;
const copyOneByte: usize = 1;
const copyTwoBytes: usize = 2;

/**
 * Uncompresses the elements of a snappy block, what comes after its length.
 *
 * Up to 64 bytes behind the elements are read, and up to 64 behind the output are written: both must be
 * there to be used.
 *
 * @param length of the output, as the block says
 * @returns 0, or what is wrong with the element at `stoppedAt`
 * Source: https://github.com/google/snappy/blob/main/format_description.txt
 */
export function uncompress(from: usize, end: usize, to: usize, length: usize): i32 {
  const begin = to;
  const stop = to + length;
  while (from < end) {
    stopAt(from);
    const tag = <usize>load<u8>(from++);
    const kind = tag & 3;
    let run = (tag >>> 2) + 1;
    if (kind === literal) {
      if (run > 60) {
        const bytes = run - 60;
        if (bytes > end - from) return literalCut;
        run = <usize>(load<u32>(from) & ((<u32>0xffffffff) >>> (32 - ((<u32>bytes) << 3))));
        from += bytes;
        if (run >= length) return literalCut;
        run += 1;
      }
      if (run > end - from || run > stop - to) return literalCut;
      if (run <= 32) copy32(from, to);
      else memory.copy(to, from, run);
      from += run;
      to += run;
      continue;
    }
    let offset: usize;
    if (kind === copyOneByte) {
      if (from + 1 > end) return copyBeforeBeginning;
      run = ((tag >>> 2) & 7) + 4;
      offset = ((tag >>> 5) << 8) + <usize>load<u8>(from);
      from += 1;
    } else if (kind === copyTwoBytes) {
      if (from + 2 > end) return copyBeforeBeginning;
      offset = <usize>load<u16>(from);
      from += 2;
    } else {
      if (from + 4 > end) return copyBeforeBeginning;
      offset = <usize>load<u32>(from);
      from += 4;
    }
    if (offset === 0 || offset > to - begin) return copyBeforeBeginning;
    if (run > stop - to) return tooLong;
    repeat(to - offset, to, run, offset);
    to += run;
  }
  if (to === stop) return fine;
  stopAt(end);
  return tooShort;
}

/** Copies 1 to 64 bytes that were written before; they may overlap, which repeats a pattern. */
function repeat(source: usize, to: usize, run: usize, offset: usize): void {
  if (offset >= 32) {
    copy32(source, to);
    if (run > 32) copy32(source + 32, to + 32);
    return;
  }
  const end = to + run;
  if (offset >= 8) {
    for (; to < end; to += 8, source += 8) store<u64>(to, load<u64>(source));
  } else {
    for (; to < end; to += 1, source += 1) store<u8>(to, load<u8>(source));
  }
}

function copy32(from: usize, to: usize): void {
  const first = v128.load(from);
  const second = v128.load(from, 16);
  v128.store(to, first);
  v128.store(to, second, 16);
}
