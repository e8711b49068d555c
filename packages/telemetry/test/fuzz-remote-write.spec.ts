import { seededRandom } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { isTelemetryError, RemoteWriteDecoder, uncompressSnappy } from '../src/index.js';
import type { DecodedRemoteWrite } from '../src/index.js';
import { mutate } from './mutate.js';
import { assertSound } from './points-of.js';
import type { Bytes } from './protobuf-bytes.js';
import { double, fixed64, message, uint } from './protobuf-bytes.js';
import {
  labelsBytes,
  metadataBytes,
  sampleBytes,
  timeMs,
  timeSeriesBytes,
  writeRequest,
} from './remote-write-bytes.js';
import type { NativeHistogram } from './remote-write-v2-bytes.js';
import { histogramBytes, requestV2 } from './remote-write-v2-bytes.js';

const longRunMs = 1_800_000;
/** A third of the cases for each format; `CORAL_FUZZ_CASES=1000000` for a long run. */
const cases = Math.ceil(Number(process.env['CORAL_FUZZ_CASES'] ?? 9_000) / 3);

const labels = { __name__: 'http_requests_total', code: '200', instance: 'ä:80', job: 'shop' };
const bucket = { ...labels, __name__: 'latency_seconds_bucket', le: '0.25' };
const native: NativeHistogram = {
  schema: 3,
  count: 12,
  sum: 4.5,
  zeroCount: 1,
  positiveSpans: [
    [-3, 2],
    [5, 2],
  ],
  positiveDeltas: [2, 1, -2, 1],
  negativeSpans: [[0, 1]],
  negativeDeltas: [3],
  timeMs,
};
const custom: NativeHistogram = {
  schema: -53,
  count: 3,
  sum: 4,
  positiveSpans: [[0, 3]],
  positiveDeltas: [1, 0, 0],
  bounds: [0.5, 1],
  timeMs,
};
const stale = message(2, fixed64(1, 0x7ff0000000000002n), uint(2, timeMs));
const odd = [NaN, Infinity, -Infinity, -0, 1e308, 5e-324].map((value) =>
  sampleBytes(value, timeMs),
);
const times = [-1, 0, -(2n ** 63n), 2n ** 63n - 1n, 253_402_300_799_999].map((time) =>
  sampleBytes(1, time),
);
const exemplar = message(3, labelsBytes({ trace_id: 'abc' }), double(2, 1), uint(3, timeMs));

const samples: Record<'1.0' | '2.0', readonly Uint8Array[]> = {
  '1.0': [
    writeRequest(
      timeSeriesBytes(labels, sampleBytes(1, timeMs), sampleBytes(2, timeMs + 1000), exemplar),
      timeSeriesBytes(bucket, sampleBytes(7, timeMs)),
      timeSeriesBytes({ ...labels, code: '500' }, stale, ...odd, ...times),
      metadataBytes('http_requests', 1),
      metadataBytes('latency_seconds', 3),
    ),
    writeRequest(
      timeSeriesBytes({ ...labels, __name__: 'n' }, histogramBytes(4, native)),
      timeSeriesBytes({ ...labels, __name__: 'c' }, histogramBytes(4, custom)),
    ),
  ],
  '2.0': [
    requestV2(
      { labels, samples: [sampleBytes(1, timeMs)], type: 1, createdMs: 1 },
      { labels: bucket, samples: [sampleBytes(2, timeMs)], type: 3 },
      { labels: { ...labels, zone: 'b' }, samples: [stale, ...odd, ...times] },
    ),
    requestV2(
      { labels, samples: [histogramBytes(3, native)], type: 3 },
      { labels: bucket, samples: [histogramBytes(3, custom)], type: 3 },
    ),
  ],
};

/** A snappy block: literals, and copies of what was before where that is the same. */
function snappy(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (let rest = bytes.length; ; rest = Math.floor(rest / 128)) {
    out.push(rest > 127 ? (rest % 128) | 128 : rest);
    if (rest <= 127) break;
  }
  for (let at = 0; at < bytes.length;) {
    const part = bytes.subarray(at, at + 8);
    const before = Buffer.from(bytes.buffer, bytes.byteOffset, at).lastIndexOf(part);
    if (part.length === 8 && before >= 0)
      out.push((7 << 2) | 2, (at - before) & 255, (at - before) >> 8);
    else out.push((part.length - 1) << 2, ...part);
    at += part.length;
  }
  return Uint8Array.from(out);
}

/** Runs many broken inputs, and counts what became of them. */
function run(input: () => Uint8Array, judge: (bytes: Uint8Array, i: number) => void) {
  const outcomes = { sound: 0, refused: 0 };
  for (let i = 0; i < cases; i++) {
    const bytes = input();
    try {
      judge(bytes, i);
      outcomes.sound++;
    } catch (error) {
      if (!isTelemetryError(error)) {
        const hex = Buffer.from(bytes).toString('hex');
        throw new Error(`Case ${i} broke on ${hex}`, { cause: error });
      }
      outcomes.refused++;
    }
  }
  // Both must happen, or the mutations are too wild or too tame to test anything.
  expect(outcomes.sound).toBeGreaterThan(cases / 50);
  expect(outcomes.refused).toBeGreaterThan(cases / 50);
}

describe.each(['1.0', '2.0'] as const)('decoding broken remote write %s', (version) => {
  it(
    `gives sound columns or a coded error, ${cases} times`,
    () => {
      const random = seededRandom();
      const known = new RemoteWriteDecoder({ maxCacheBytes: 200_000 });
      run(
        () => mutate(samples[version], random).bytes,
        (bytes, i) => {
          const decoded = known.decode(bytes, version);
          assertSound(decoded.points);
          // What a decoder has learnt of types must not change what it makes of such a request.
          if (i % 50 === 0 && version === '2.0')
            expect(new RemoteWriteDecoder().decode(bytes, version)).toEqual(decoded);
        },
      );
    },
    longRunMs,
  );

  it('is of one mind about the same bytes, cut at every place', () => {
    for (const sample of samples[version]) {
      for (let end = 0; end < sample.length; end++) {
        let outcome: DecodedRemoteWrite | undefined;
        try {
          outcome = new RemoteWriteDecoder().decode(sample.subarray(0, end), version);
        } catch (error) {
          if (!isTelemetryError(error)) throw error;
        }
        if (outcome) assertSound(outcome.points);
      }
    }
  });
});

describe('uncompressing broken snappy', () => {
  it(
    `gives the declared length or a coded error, ${cases} times`,
    () => {
      const random = seededRandom();
      const blocks = Object.values(samples).flat().map(snappy);
      for (const [i, original] of Object.values(samples).flat().entries()) {
        expect(uncompressSnappy(blocks[i]!, 1e6)).toEqual(new Uint8Array(original));
      }
      run(
        () => mutate(blocks, random).bytes,
        (bytes) => expect(uncompressSnappy(bytes, 100_000).length).toBeLessThanOrEqual(100_000),
      );
    },
    longRunMs,
  );
});

describe('remote write of monstrous requests', () => {
  const tenMegabytes = 'x'.repeat(10_000_000);
  const manyLabels = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`l${i}`, 'v']));
  const good = timeSeriesBytes(labels, sampleBytes(1, timeMs));

  it.each<[string, () => Uint8Array, '1.0' | '2.0', string]>([
    ['a label of 10 MB', () => giant('zone', tenMegabytes), '1.0', 'attribute_too_long'],
    ['a name of 10 MB', () => giant('__name__', tenMegabytes), '1.0', 'name_too_long'],
    [
      '10,000 labels',
      () => writeRequest(timeSeriesBytes(manyLabels, sampleBytes(1, timeMs)), good),
      '1.0',
      'too_many_attributes',
    ],
    [
      '10,000 labels in 2.0',
      () => requestV2({ labels: manyLabels, samples: [sampleBytes(1, timeMs)] }),
      '2.0',
      'too_many_attributes',
    ],
  ])('rejects %s', (_, make, version, reason) => {
    const decoded = new RemoteWriteDecoder().decode(make(), version);
    assertSound(decoded.points);
    expect(decoded.rejected).toEqual([{ reason, count: 1 }]);
  });

  /** A series with one giant label, put together without an array of numbers. */
  function giant(name: string, value: string): Uint8Array {
    const text = new TextEncoder().encode(value);
    const tail = Uint8Array.from(sampleBytes(1, timeMs));
    const key = Uint8Array.from(labelsBytes({ __name__: 'up' }));
    const label = wrap(0x0a, Buffer.concat([wrap(0x0a, Buffer.from(name)), wrap(0x12, text)]));
    const parts = name === '__name__' ? [label, tail] : [key, label, tail];
    return new Uint8Array(wrap(0x0a, Buffer.concat(parts)));
  }

  function wrap(tag: number, body: Uint8Array): Buffer {
    const length: Bytes = uint(1, body.length).slice(1);
    return Buffer.concat([Uint8Array.from([tag, ...length]), body]);
  }
});
