import { seededRandom } from '@coral/testkit';
import { JsonLogsSerializer, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { DecodedLogs } from '../src/index.js';
import {
  decodeOtlpLogsJson,
  decodeOtlpLogsProtobuf,
  groupErrors,
  isTelemetryError,
  SeriesCache,
} from '../src/index.js';
import { mutate } from './mutate.js';
import { sdkLogs } from './sdk-logs.js';

/** Half of the cases for each encoding; `CORAL_FUZZ_CASES=1000000` for a long run. */
const cases = Number(process.env['CORAL_FUZZ_CASES'] ?? 20_000) / 2;

/** Fails unless the columns are what `LogColumns` promises. */
function assertSound({ logs, resources }: DecodedLogs): void {
  const { length, ...columns } = logs;
  const problems: string[] = [];
  for (const [name, column] of Object.entries(columns)) {
    if (column.length !== length) problems.push(`${name} has another length`);
  }
  for (let i = 0; i < length; i++) {
    if (logs.resourceIndex[i]! >= resources.length) problems.push(`record ${i} has no resource`);
    if (!(logs.severity[i]! <= 24)) problems.push(`record ${i} has no severity`);
    for (const time of [logs.timeUs[i]!, logs.observedTimeUs[i]!]) {
      if (!(Number.isSafeInteger(time) && time >= 0)) problems.push(`record ${i} has no time`);
    }
    for (const text of [logs.body[i]!, logs.exceptionMessage[i]!]) {
      if (text.length > 2048) problems.push(`record ${i} has a long text`);
    }
    if (!/^([\da-f]{32})?$/.test(logs.traceId[i]!)) problems.push(`record ${i} has a bad trace id`);
  }
  for (const group of groupErrors({ logs, resources }, { nowUs: 1 })) {
    for (const text of [group.template, group.message]) {
      if (!text.isWellFormed() || text.includes('\0')) problems.push('a group has a bad text');
    }
    if (group.count < 1 || group.firstUs > group.lastUs) problems.push('a group has no sense');
  }
  if (problems.length > 0) throw new Error(problems.join('; '));
}

describe.each([
  ['protobuf', decodeOtlpLogsProtobuf],
  ['JSON', decodeOtlpLogsJson],
] as const)('decoding broken logs in %s', (encoding, decode) => {
  const samples: Uint8Array[] = [];
  beforeAll(async () => {
    const { serializeRequest } = encoding === 'JSON' ? JsonLogsSerializer : ProtobufLogsSerializer;
    samples.push(serializeRequest(await sdkLogs())!);
  });

  it(`gives sound columns or a coded error, ${cases} times`, () => {
    const random = seededRandom();
    const seriesCache = new SeriesCache({ maxBytes: 200_000 });
    const outcomes = { sound: 0, malformed: 0 };
    for (let i = 0; i < cases; i++) {
      const { bytes, mutation } = mutate(samples, random);
      try {
        const fresh = decode(bytes);
        assertSound(fresh);
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
