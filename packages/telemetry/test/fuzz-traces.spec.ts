import { seededRandom } from '@coral/testkit';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { decodeOtlpTracesJson, decodeOtlpTracesProtobuf, isTelemetryError } from '../src/index.js';
import { mutate } from './mutate.js';
import { sdkTraces } from './sdk-traces.js';
import { assertSoundSpans } from './spans-of.js';

/** Half of the cases for each encoding; `CORAL_FUZZ_CASES=1000000` for a long run. */
const cases = Number(process.env['CORAL_FUZZ_CASES'] ?? 20_000) / 2;

describe.each([
  ['protobuf', decodeOtlpTracesProtobuf, ProtobufTraceSerializer],
  ['JSON', decodeOtlpTracesJson, JsonTraceSerializer],
] as const)('decoding broken traces in %s', (_, decode, { serializeRequest }) => {
  let sample: Uint8Array;
  beforeAll(async () => {
    sample = serializeRequest(await sdkTraces())!;
  });

  it(`gives sound columns or a coded error, ${cases} times`, () => {
    const random = seededRandom();
    const outcomes = { sound: 0, malformed: 0 };
    for (let i = 0; i < cases; i++) {
      const { bytes, mutation } = mutate([sample], random);
      try {
        assertSoundSpans(decode(bytes).spans);
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
