import { NumberList } from './number-list.js';
import { timeMissing } from './unix-microseconds.js';

/** DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK of the OTLP specification. */
const noRecordedValue = 1;
/** Each quantile becomes a series of its own, so a point must not have any number of them. */
const maxQuantiles = 32;

/**
 * The data point being read, of whatever kind: both decoders fill it, the sink judges it. There is
 * one per request, reset for each point, so that no point costs an object.
 *
 * Units: times in microseconds since the epoch; `timeUs` may be `timeMissing`.
 */
export class PointDraft {
  timeUs = timeMissing;
  startTimeUs = timeMissing;
  flags = 0;
  /** Value of a gauge or sum; NaN together with `hasValue` false when none was sent. */
  value = NaN;
  hasValue = false;
  count = 0;
  /** NaN when absent, as `min` and `max`. */
  sum = NaN;
  min = NaN;
  max = NaN;
  scale = 0;
  zeroCount = 0;
  positiveOffset = 0;
  negativeOffset = 0;
  readonly bucketCounts: NumberList;
  readonly bounds: NumberList;
  readonly positive: NumberList;
  readonly negative: NumberList;
  readonly quantiles: NumberList;
  readonly quantileValues: NumberList;

  constructor(maxPointBuckets: number) {
    this.bucketCounts = new NumberList(maxPointBuckets);
    this.bounds = new NumberList(maxPointBuckets);
    this.positive = new NumberList(maxPointBuckets);
    this.negative = new NumberList(maxPointBuckets);
    this.quantiles = new NumberList(maxQuantiles);
    this.quantileValues = new NumberList(maxQuantiles);
  }

  get hasNoRecordedValue(): boolean {
    return (this.flags & noRecordedValue) !== 0;
  }

  get hasTooManyBuckets(): boolean {
    return (
      this.bucketCounts.overflowed ||
      this.bounds.overflowed ||
      this.positive.overflowed ||
      this.negative.overflowed
    );
  }

  /** Makes ready for a gauge's or sum's point. */
  reset(): void {
    this.timeUs = timeMissing;
    this.startTimeUs = timeMissing;
    this.flags = 0;
    this.value = NaN;
    this.hasValue = false;
  }

  /** Makes ready for a point that counts. */
  resetDistribution(): void {
    this.reset();
    this.count = 0;
    this.sum = NaN;
    this.min = NaN;
    this.max = NaN;
    this.scale = 0;
    this.zeroCount = 0;
    this.positiveOffset = 0;
    this.negativeOffset = 0;
    this.bucketCounts.clear();
    this.bounds.clear();
    this.positive.clear();
    this.negative.clear();
    this.quantiles.clear();
    this.quantileValues.clear();
  }
}
