import { gzipSync } from 'node:zlib';
import { Code } from '@connectrpc/connect';
import type { SeededRandom } from '@coral/testkit';
import { gaugeBytes } from './gauge-bytes.js';
import { frame } from './grpc-call.js';

/** A call with one thing wrong, or none. */
export interface BrokenCall {
  readonly what: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** The statuses that are right for it; 0 is success. */
  readonly codes: readonly number[];
}

const { InvalidArgument, ResourceExhausted, Unimplemented } = Code;
const bomb = frame(gzipSync(Buffer.alloc(40_000_000)), { flag: 1 });
/** Bytes that were changed may still be a message, and one of any size. */
const anything = [0, InvalidArgument, ResourceExhausted];

/** Makes a call as broken senders, broken networks and attackers do. */
export function breakCall(random: SeededRandom): BrokenCall {
  const services = Array.from({ length: random.integer(1, 20) }, (_, index) => `s-${index}`);
  const message = Buffer.concat(services.map((service) => gaugeBytes(Date.now(), service)));
  const compressed = random.boolean();
  const sent = compressed ? gzipSync(message) : message;
  const headers = compressed ? { 'grpc-encoding': 'gzip' } : {};
  const whole = frame(sent, { flag: compressed ? 1 : 0 });
  const cases: readonly (() => Omit<BrokenCall, 'headers'> & Partial<BrokenCall>)[] = [
    () => ({ what: 'nothing', body: whole, codes: [0] }),
    () => ({
      what: 'cut',
      body: whole.subarray(0, random.integer(0, whole.length - 1)),
      codes: [InvalidArgument],
    }),
    () => ({
      what: 'trailing bytes',
      body: Buffer.concat([whole, random.bytes(random.integer(1, 50))]),
      codes: [InvalidArgument],
    }),
    () => ({ what: 'twice', body: Buffer.concat([whole, whole]), codes: [InvalidArgument] }),
    () => ({
      what: 'huge length',
      body: frame(sent, { length: random.integer(21_000_000, 0xffff_ffff) }),
      codes: [ResourceExhausted],
    }),
    () => ({
      what: 'wrong length',
      body: frame(sent, { length: random.integer(sent.length + 1, 20_000_000) }),
      codes: [InvalidArgument],
    }),
    () => ({
      what: 'unknown flag',
      body: frame(sent, { flag: random.integer(2, 255) }),
      codes: [InvalidArgument],
    }),
    () => ({
      what: 'flag without encoding',
      body: frame(sent, { flag: 1 }),
      headers: {},
      codes: [InvalidArgument],
    }),
    () => ({
      what: 'not compressed',
      body: frame(message, { flag: 1 }),
      headers: { 'grpc-encoding': random.pick(['gzip', 'deflate', 'zstd']) },
      codes: [InvalidArgument],
    }),
    () => ({
      what: 'unknown encoding',
      body: whole,
      headers: {
        'grpc-encoding': random.pick(['br', 'snappy', 'GZIP', 'gzip,gzip', 'x'.repeat(999)]),
      },
      codes: [Unimplemented],
    }),
    () => ({
      what: 'unknown timeout',
      body: whole,
      headers: {
        ...headers,
        'grpc-timeout': random.pick(['', '1', 'S', '-1S', '123456789S', '1.5S']),
      },
      codes: [InvalidArgument],
    }),
    () => ({ what: 'flipped', body: flip(whole, 5, random), codes: anything }),
    () => ({ what: 'flipped prefix', body: flip(whole, 0, random), codes: anything }),
    () => ({
      what: 'noise',
      body: Buffer.from(random.bytes(random.integer(0, 200))),
      codes: anything,
    }),
  ];
  // A bomb takes a hundred times as long as any other.
  if (random.integer(1, 200) === 1) {
    const encoding = { 'grpc-encoding': 'gzip' };
    return { what: 'bomb', body: bomb, headers: encoding, codes: [ResourceExhausted] };
  }
  return { headers, ...random.pick(cases)() };
}

function flip(bytes: Buffer, from: number, random: SeededRandom): Buffer {
  const flipped = Buffer.from(bytes);
  for (let count = random.integer(1, 8); count > 0; count--) {
    flipped[random.integer(from, flipped.length - 1)]! ^= 1 << random.integer(0, 7);
  }
  return flipped;
}
