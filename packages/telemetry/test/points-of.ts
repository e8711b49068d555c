import type { PointColumns } from '../src/index.js';

/** Columns turned into one object per point, for reading in expectations. */
export function pointsOf(columns: PointColumns) {
  return Array.from({ length: columns.length }, (_, i) => {
    const series = columns.series[columns.seriesIndex[i]!]!;
    const buckets: [sign: number, index: number, count: number][] = [];
    for (let b = 0; b < columns.bucketLength; b++) {
      if (columns.bucketPoint[b] !== i) continue;
      buckets.push([columns.bucketSign[b]!, columns.bucketIndex[b]!, columns.bucketCount[b]!]);
    }
    return {
      name: series.metricName,
      attributes: series.attributes,
      timeUs: columns.timeUs[i]!,
      startTimeUs: columns.startTimeUs[i]!,
      value: columns.value[i]!,
      count: columns.count[i]!,
      min: columns.min[i]!,
      max: columns.max[i]!,
      scale: columns.scale[i]!,
      buckets,
    };
  });
}

/** Fails unless the columns are what `PointColumns` promises. */
export function assertSound(columns: PointColumns): void {
  const { length, bucketLength, series } = columns;
  const problems: string[] = [];
  for (const name of [
    'seriesIndex',
    'timeUs',
    'startTimeUs',
    'value',
    'count',
    'min',
    'max',
    'scale',
  ] as const) {
    if (columns[name].length !== length) problems.push(`${name} has another length`);
  }
  for (const name of ['bucketPoint', 'bucketSign', 'bucketIndex', 'bucketCount'] as const) {
    if (columns[name].length !== bucketLength) problems.push(`${name} has another length`);
  }
  for (let i = 0; i < length; i++) {
    if (columns.seriesIndex[i]! >= series.length) problems.push(`point ${i} has no series`);
    if (!Number.isSafeInteger(columns.timeUs[i]!)) problems.push(`point ${i} has no time`);
    if (!Number.isSafeInteger(columns.startTimeUs[i]!)) problems.push(`point ${i} has no start`);
  }
  for (let i = 0; i < bucketLength; i++) {
    if (columns.bucketPoint[i]! >= length) problems.push(`bucket ${i} has no point`);
    if (i > 0 && columns.bucketPoint[i]! < columns.bucketPoint[i - 1]!)
      problems.push(`bucket ${i} is out of order`);
    if (!(columns.bucketCount[i]! > 0)) problems.push(`bucket ${i} is empty`);
  }
  if (new Set(series.map(({ key }) => key)).size !== series.length)
    problems.push('a series came twice');
  for (const { attributes, resource } of series) {
    JSON.parse(attributes);
    JSON.parse(resource);
  }
  if (problems.length > 0) throw new Error(problems.join('; '));
}
