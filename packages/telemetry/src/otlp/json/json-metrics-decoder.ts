import type { DecodeLimits } from '../../decode-options.js';
import type { Temporality } from '../../points.js';
import type { RejectionReason } from '../../rejection.js';
import type { KnownResource, SeriesInterner } from '../../series-interner.js';
import { pointAttributeLimits } from '../attribute-limits.js';
import type { MetricsSink, OtlpMetricKind } from '../metrics-sink.js';
import type { RequestVisitor } from '../request-visitor.js';
import { temporalityOf } from '../temporality-of.js';
import { JsonAttributes } from './json-attributes.js';
import type { JsonCursor, JsonObject } from './json-cursor.js';
import type { ReadJsonPoint } from './read-json-points.js';
import {
  readJsonExponentialHistogramPoint,
  readJsonHistogramPoint,
  readJsonNumberPoint,
  readJsonSummaryPoint,
} from './read-json-points.js';
import { walkJsonRequest } from './walk-json-request.js';

const requestNames = { resources: 'resourceMetrics', scopes: 'scopeMetrics', items: 'metrics' };

/** The oneof `data` of Metric. */
const dataFields: readonly { name: string; kind: OtlpMetricKind; readPoint: ReadJsonPoint }[] = [
  { name: 'gauge', kind: 'gauge', readPoint: readJsonNumberPoint },
  { name: 'sum', kind: 'sum', readPoint: readJsonNumberPoint },
  { name: 'histogram', kind: 'histogram', readPoint: readJsonHistogramPoint },
  {
    name: 'exponentialHistogram',
    kind: 'exponential_histogram',
    readPoint: readJsonExponentialHistogramPoint,
  },
  { name: 'summary', kind: 'summary', readPoint: readJsonSummaryPoint },
];

const temporalityNames: Readonly<Record<string, Temporality>> = {
  AGGREGATION_TEMPORALITY_DELTA: 'delta',
  AGGREGATION_TEMPORALITY_CUMULATIVE: 'cumulative',
};

/** Reads the metrics of an ExportMetricsServiceRequest in parsed JSON. */
export class JsonMetricsDecoder implements RequestVisitor<JsonObject> {
  readonly limits: DecodeLimits;
  readonly interner: SeriesInterner;
  readonly #cursor: JsonCursor;
  readonly #sink: MetricsSink;
  readonly #attributes: JsonAttributes;

  constructor(cursor: JsonCursor, sink: MetricsSink) {
    this.#cursor = cursor;
    this.#sink = sink;
    this.#attributes = new JsonAttributes(cursor, pointAttributeLimits(sink.limits));
    this.limits = sink.limits;
    this.interner = sink.interner;
  }

  readRequest(request: unknown): void {
    walkJsonRequest(this.#cursor, request, requestNames, this);
  }

  beginResource(resource: KnownResource | RejectionReason): void {
    this.#sink.beginResource(resource);
  }

  beginScope(name: string): void {
    this.#sink.beginScope(name);
  }

  readItem(metric: JsonObject): void {
    const cursor = this.#cursor;
    const name = cursor.string(metric, 'name');
    const unit = cursor.string(metric, 'unit');
    for (const { name: field, kind, readPoint } of dataFields) {
      const data = cursor.message(metric, field);
      if (data === undefined) continue;
      return cursor.at(field, () => {
        this.#sink.beginMetric({
          name,
          unit,
          kind,
          temporality: this.#temporality(data),
          monotonic: cursor.boolean(data, 'isMonotonic'),
        });
        cursor.eachMessage(data, 'dataPoints', (point) => {
          readPoint(cursor, point, this.#sink.draft);
          this.#attributes.reset(point);
          this.#sink.take(this.#attributes);
        });
      });
    }
  }

  #temporality(data: JsonObject): Temporality {
    const value = this.#cursor.field(data, 'aggregationTemporality');
    if (typeof value === 'string' && !/^\d+$/.test(value)) {
      return Object.hasOwn(temporalityNames, value) ? temporalityNames[value]! : 'unspecified';
    }
    return temporalityOf(this.#cursor.integer(data, 'aggregationTemporality', 0));
  }
}
