import type { Kernel } from '../kernel/kernel.js';
import type { WireReader } from '../wire/wire-reader.js';
import type { SampleSink } from './sample-sink.js';

/**
 * Reads the TimeSeries that are expected: a sender repeats its order, so that one comparison tells which
 * series it is, and where its only sample lies.
 *
 * @param kernel holds the message
 * @returns whether there were any; the reader then is where they end
 */
export function followSamples(
  kernel: Kernel,
  context: number,
  reader: WireReader,
  sink: SampleSink,
): boolean {
  const { series } = sink;
  const expected = series.expectedAt();
  if (expected < 0) return false;
  const count = kernel.follow(reader.pos, reader.bytes.length, expected, context);
  const samples = kernel.samples(count);
  for (let i = 0; i < count; i++) {
    const index = sink.indexOf(series.takeExpected());
    if (typeof index === 'number') sink.takeNumber(index, samples[i * 2]!, 0, samples[i * 2 + 1]!);
    else sink.rejectAll(index, 1);
  }
  reader.pos = kernel.stoppedInMessage;
  return count > 0;
}
