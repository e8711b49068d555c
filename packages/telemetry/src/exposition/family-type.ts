/** What a `# TYPE` line may say, by both formats. */
export const familyTypes = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
] as const;

export type FamilyType = (typeof familyTypes)[number];

/** How the names of a family's samples may go on behind the family's name. */
const suffixes: Readonly<Record<FamilyType, readonly string[]>> = {
  unknown: [''],
  counter: ['', '_total', '_created'],
  gauge: [''],
  histogram: ['_bucket', '_count', '_sum', '_created'],
  gaugehistogram: ['_bucket', '_gcount', '_gsum'],
  summary: ['', '_count', '_sum', '_created'],
  info: ['', '_info'],
  stateset: [''],
};

/** Whether a sample belongs to a family whose name its own begins with. */
export function isOfFamily(type: FamilyType, suffix: string): boolean {
  return suffixes[type].includes(suffix);
}

/** What one sample is to the store. */
export type SampleRole =
  'gauge' | 'counter' | 'quantile' | 'bucket' | 'histogram_count' | 'histogram_sum' | 'created';

/** What the sample's labels say about its place in its family. */
export interface SampleMarks {
  /** The label `le` is a number. */
  readonly hasBound: boolean;
  /** The label `quantile` is a number within 0 and 1. */
  readonly hasQuantile: boolean;
}

/**
 * What a sample is, by the type of its family and by how its name goes on behind the family's.
 *
 * A sample without a type is a counter when its name ends as counters' names do by Prometheus'
 * conventions, and else a gauge.
 */
export function roleOfSample(
  type: FamilyType,
  name: string,
  suffix: string,
  { hasBound, hasQuantile }: SampleMarks,
): SampleRole {
  switch (type) {
    case 'counter':
      return suffix === '_created' ? 'created' : 'counter';
    case 'histogram':
      if (suffix === '_bucket' && hasBound) return 'bucket';
      if (suffix === '_count') return 'histogram_count';
      if (suffix === '_sum') return 'histogram_sum';
      return suffix === '_created' ? 'created' : 'gauge';
    case 'summary':
      if (suffix === '_count' || suffix === '_sum') return 'counter';
      if (suffix === '' && hasQuantile) return 'quantile';
      return suffix === '_created' ? 'created' : 'gauge';
    case 'unknown':
      return /_(?:total|count|sum)$/.test(name) || (hasBound && /_bucket$/.test(name))
        ? 'counter'
        : 'gauge';
    default:
      return 'gauge';
  }
}
