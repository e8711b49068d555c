import type { Database } from '@coral/storage';
import { describeSeries, PointColumnsBuilder } from '@coral/telemetry';

/**
 * Gives a store so much to do that it refuses more; when this is fulfilled it does. The work has ended
 * when what it returns has.
 */
export async function overload(database: Database): Promise<{ readonly work: Promise<unknown> }> {
  const points = (length: number) => {
    const builder = new PointColumnsBuilder();
    const series = builder.addSeries(describeSeries({ metricName: 'bulk', kind: 'gauge' }));
    const nowUs = Date.now() * 1_000;
    for (let index = 0; index < length; index++) {
      builder.addNumber(series, nowUs - index, 0, index);
    }
    return builder.build();
  };
  const [few, half, otherHalf] = [points(100_000), points(500_000), points(500_000)];
  // The first is being written, the others fill the queue.
  const first = database.appendPoints(few);
  await new Promise(setImmediate);
  const rest = [database.appendPoints(half), database.appendPoints(otherHalf)];
  await new Promise(setImmediate);
  return { work: Promise.all([first, ...rest]) };
}
