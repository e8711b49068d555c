import type { NumberList } from '../number-list.js';
import type { PointDraft } from '../point-draft.js';
import { timeMissing, unixMicrosecondsOfDecimal } from '../unix-microseconds.js';
import type { JsonCursor, JsonObject } from './json-cursor.js';

/** Reads a data point into the draft, all but its attributes. */
export type ReadJsonPoint = (cursor: JsonCursor, point: JsonObject, draft: PointDraft) => void;

export const readJsonNumberPoint: ReadJsonPoint = (cursor, point, draft) => {
  draft.reset();
  readCommon(cursor, point, draft);
  if (cursor.field(point, 'asDouble') !== undefined) {
    draft.value = cursor.double(point, 'asDouble', NaN);
    draft.hasValue = true;
  } else if (cursor.field(point, 'asInt') !== undefined) {
    draft.value = cursor.integer(point, 'asInt', NaN);
    draft.hasValue = true;
  }
};

export const readJsonHistogramPoint: ReadJsonPoint = (cursor, point, draft) => {
  readDistribution(cursor, point, draft);
  readCounts(cursor, point, 'bucketCounts', draft.bucketCounts);
  cursor.each(point, 'explicitBounds', (bound) => draft.bounds.push(cursor.doubleValue(bound)));
};

export const readJsonExponentialHistogramPoint: ReadJsonPoint = (cursor, point, draft) => {
  readDistribution(cursor, point, draft);
  draft.scale = cursor.integer(point, 'scale', 0);
  draft.zeroCount = cursor.unsigned(point, 'zeroCount');
  draft.positiveOffset = readBuckets(cursor, point, 'positive', draft.positive);
  draft.negativeOffset = readBuckets(cursor, point, 'negative', draft.negative);
};

export const readJsonSummaryPoint: ReadJsonPoint = (cursor, point, draft) => {
  readDistribution(cursor, point, draft);
  draft.sum = cursor.double(point, 'sum', 0); // not optional here: absent means 0
  cursor.eachMessage(point, 'quantileValues', (valueAtQuantile) => {
    draft.quantiles.push(cursor.double(valueAtQuantile, 'quantile', 0));
    draft.quantileValues.push(cursor.double(valueAtQuantile, 'value', 0));
  });
};

function readDistribution(cursor: JsonCursor, point: JsonObject, draft: PointDraft): void {
  draft.resetDistribution();
  readCommon(cursor, point, draft);
  draft.count = cursor.unsigned(point, 'count');
  draft.sum = cursor.double(point, 'sum', NaN);
  draft.min = cursor.double(point, 'min', NaN);
  draft.max = cursor.double(point, 'max', NaN);
}

function readCommon(cursor: JsonCursor, point: JsonObject, draft: PointDraft): void {
  draft.timeUs = readTime(cursor, point, 'timeUnixNano');
  draft.startTimeUs = readTime(cursor, point, 'startTimeUnixNano');
  draft.flags = cursor.unsigned(point, 'flags');
}

function readTime(cursor: JsonCursor, point: JsonObject, name: string): number {
  const nanoseconds = cursor.decimal(point, name);
  return nanoseconds === '' ? timeMissing : unixMicrosecondsOfDecimal(nanoseconds);
}

function readBuckets(
  cursor: JsonCursor,
  point: JsonObject,
  name: string,
  into: NumberList,
): number {
  const buckets = cursor.message(point, name);
  if (buckets === undefined) return 0;
  return cursor.at(name, () => {
    readCounts(cursor, buckets, 'bucketCounts', into);
    return cursor.integer(buckets, 'offset', 0);
  });
}

function readCounts(cursor: JsonCursor, object: JsonObject, name: string, into: NumberList): void {
  cursor.each(object, name, (count) => into.push(cursor.unsignedValue(count)));
}
