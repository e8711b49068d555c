import type { SeededRandom } from '@coral/testkit';
import { seededRandom } from '@coral/testkit';
import { JsonMetricsSerializer, ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  decodeOtlpMetricsJson,
  decodeOtlpMetricsProtobuf,
  isTelemetryError,
  SeriesCache,
} from '../src/index.js';
import { assertSound } from './points-of.js';
import { handMadeRequest } from './hand-made-request.js';
import { sdkMetrics } from './sdk-metrics.js';

/** Half of the cases for each encoding; `CORAL_FUZZ_CASES=1000000` for a long run. */
const cases = Number(process.env['CORAL_FUZZ_CASES'] ?? 20_000) / 2;

type Mutation = (bytes: Uint8Array, random: SeededRandom) => Uint8Array;

const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

const mutations: Record<string, Mutation> = {
  cut: (bytes, random) => bytes.subarray(0, random.integer(0, bytes.length)),
  flip: (bytes, random) => {
    const flipped = Uint8Array.from(bytes);
    for (let n = random.integer(1, 4); n > 0; n--) {
      const at = random.integer(0, flipped.length - 1);
      flipped[at] = flipped[at]! ^ (1 << random.integer(0, 7));
    }
    return flipped;
  },
  replace: (bytes, random) => {
    const replaced = Uint8Array.from(bytes);
    const at = random.integer(0, replaced.length - 1);
    const interesting = [0, 1, 0x7f, 0x80, 0xff, 0x0b, 0x0a, 0x22, 0x5b, 0x7b];
    replaced[at] = random.pick(interesting);
    return replaced;
  },
  insert: (bytes, random) => {
    const at = random.integer(0, bytes.length);
    return join(bytes.subarray(0, at), random.bytes(random.integer(1, 12)), bytes.subarray(at));
  },
  remove: (bytes, random) => {
    const at = random.integer(0, bytes.length);
    return join(bytes.subarray(0, at), bytes.subarray(at + random.integer(1, 12)));
  },
  repeat: (bytes, random) => {
    const from = random.integer(0, bytes.length);
    const to = Math.min(bytes.length, from + random.integer(1, 200));
    return join(bytes.subarray(0, to), bytes.subarray(from));
  },
  random: (_, random) => random.bytes(random.integer(0, 300)),
};

describe.each([
  ['protobuf', decodeOtlpMetricsProtobuf],
  ['JSON', decodeOtlpMetricsJson],
] as const)('decoding broken %s', (encoding, decode) => {
  const samples: Uint8Array[] = [];
  beforeAll(async () => {
    for (const temporality of ['delta', 'cumulative'] as const) {
      const metrics = await sdkMetrics(temporality);
      const { serializeRequest } =
        encoding === 'JSON' ? JsonMetricsSerializer : ProtobufMetricsSerializer;
      samples.push(serializeRequest(metrics)!);
    }
    samples.push(handMadeRequest[encoding]);
  });

  it(`gives sound columns or a coded error, ${cases} times`, () => {
    const random = seededRandom();
    const seriesCache = new SeriesCache({ maxBytes: 200_000 });
    const outcomes = { sound: 0, malformed: 0 };
    for (let i = 0; i < cases; i++) {
      const mutation = random.pick(Object.keys(mutations));
      let bytes = mutations[mutation]!(random.pick(samples), random);
      if (random.boolean(0.2)) bytes = mutations['insert']!(bytes, random);
      try {
        const fresh = decode(bytes);
        assertSound(fresh.points);
        if (i % 10 === 0) expect(decode(bytes, { seriesCache })).toEqual(fresh);
        outcomes.sound++;
      } catch (error) {
        if (!isTelemetryError(error)) {
          const hex = Buffer.from(bytes).toString('hex');
          throw new Error(`Case ${i} (${mutation}) broke on ${hex}`, { cause: error });
        }
        outcomes.malformed++;
      }
    }
    // Both must happen, or the mutations are too wild or too tame to test anything.
    expect(outcomes.sound).toBeGreaterThan(cases / 50);
    expect(outcomes.malformed).toBeGreaterThan(cases / 50);
  });
});
