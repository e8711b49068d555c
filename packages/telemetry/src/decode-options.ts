import type { SeriesCache } from './series-cache.js';
import { TelemetryError } from './telemetry-error.js';

/**
 * Bounds on what one request may hold. Exceeding one of the first six refuses the request
 * (`TELEMETRY_LIMIT`); exceeding any other rejects the points concerned and keeps the rest.
 */
export interface DecodeLimits {
  /** Size of a protobuf request in bytes, decompressed. Default 64 MiB, as OTLP recommends. */
  readonly maxBytes: number;
  /** Size of a JSON request in bytes, decompressed. Default 16 MiB: parsed JSON is far larger. */
  readonly maxJsonBytes: number;
  /** Brackets and commas of a JSON request, which is what its memory grows by. Default 2,000,000. */
  readonly maxJsonValues: number;
  /** Data points of a request, stored or not. Default 1,000,000. */
  readonly maxPoints: number;
  /** Log records of a request, kept or not. Default 1,000,000. */
  readonly maxLogRecords: number;
  /** Non-empty buckets of a request. Default 4,000,000. */
  readonly maxBuckets: number;
  /** Distinct resources of a request that were not seen before. Default 10,000. */
  readonly maxResources: number;
  /** Distinct series of a request. Default 100,000. */
  readonly maxSeries: number;
  /** Buckets of one histogram point, counting empty ones. Default 4096. */
  readonly maxPointBuckets: number;
  /** UTF-16 units of the name of a metric, a unit or a scope. Default 1024. */
  readonly maxNameLength: number;
  /** Attributes of a point, and of a resource. Default 128. */
  readonly maxAttributes: number;
  /** UTF-16 units of one point attribute, key and value, as canonical JSON. Default 4096. */
  readonly maxAttributeLength: number;
  /** The same for a resource's attributes, which hold command lines. Default 65,536. */
  readonly maxResourceAttributeLength: number;
  /** UTF-16 units of a log record's body or exception message; what is longer is cut. Default 2048. */
  readonly maxLogTextLength: number;
  /** Levels of arrays and maps in an attribute's value; a plain value is one. Default 8. */
  readonly maxAttributeDepth: number;
}

/** Every limit has a default; `seriesCache` makes repeated requests much cheaper. */
export interface DecodeOptions extends Partial<DecodeLimits> {
  /** Remembers series between requests. Absent: each request starts from nothing. */
  readonly seriesCache?: SeriesCache;
}

/** As {@link DecodeOptions}, for logs. */
export interface DecodeLogsOptions extends DecodeOptions {
  /**
   * Records below it keep their time and severity only, which is much cheaper; those of unknown
   * severity keep all. 17 is ERROR. Default 0: all records keep their texts.
   */
  readonly textsFromSeverity?: number;
}

export const defaultDecodeLimits: DecodeLimits = {
  maxBytes: 64 * 1024 * 1024,
  maxJsonBytes: 16 * 1024 * 1024,
  maxJsonValues: 2_000_000,
  maxPoints: 1_000_000,
  maxLogRecords: 1_000_000,
  maxBuckets: 4_000_000,
  maxResources: 10_000,
  maxSeries: 100_000,
  maxPointBuckets: 4096,
  maxNameLength: 1024,
  maxAttributes: 128,
  maxAttributeLength: 4096,
  maxResourceAttributeLength: 65_536,
  maxLogTextLength: 2048,
  maxAttributeDepth: 8,
};

/**
 * Fills in the defaults.
 *
 * @throws {RangeError} when a limit is not a non-negative integer.
 */
export function resolveLimits(options: DecodeOptions): DecodeLimits {
  const limits: { -readonly [name in keyof DecodeLimits]: number } = { ...defaultDecodeLimits };
  for (const name of Object.keys(limits) as (keyof DecodeLimits)[]) {
    const value = options[name];
    if (value === undefined) continue;
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(`${name} must be a non-negative integer, not ${value}`);
    }
    limits[name] = value;
  }
  return limits;
}

/** The error for a request that exceeds one of the limits on whole requests. */
export function limitExceeded(limit: keyof DecodeLimits, allowed: number): TelemetryError {
  return new TelemetryError(
    'TELEMETRY_LIMIT',
    `The request exceeds ${limit} (${allowed}). Send smaller batches, or raise the limit.`,
    { limit, allowed },
  );
}
