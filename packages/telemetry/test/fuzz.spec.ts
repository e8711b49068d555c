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
import { mutate } from './mutate.js';
import { sdkMetrics } from './sdk-metrics.js';

/** Half of the cases for each encoding; `CORAL_FUZZ_CASES=1000000` for a long run. */
const cases = Number(process.env['CORAL_FUZZ_CASES'] ?? 20_000) / 2;

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
      const { bytes, mutation } = mutate(samples, random);
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
