import { resourceFromEntries } from '../../describe-resource.js';
import type { Temporality } from '../../points.js';
import type { RejectionReason } from '../../rejection.js';
import type { KnownResource } from '../../series-interner.js';
import { pointAttributeLimits, resourceAttributeLimits } from '../attribute-limits.js';
import type { MetricsSink, OtlpMetricKind } from '../metrics-sink.js';
import { temporalityOf } from '../temporality-of.js';
import { jsonAttributes, JsonAttributes } from './json-attributes.js';
import type { JsonCursor, JsonObject } from './json-cursor.js';
import type { ReadJsonPoint } from './read-json-points.js';
import {
  readJsonExponentialHistogramPoint,
  readJsonHistogramPoint,
  readJsonNumberPoint,
  readJsonSummaryPoint,
} from './read-json-points.js';

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

/** Walks an ExportMetricsServiceRequest in parsed JSON. */
export class JsonMetricsDecoder {
  readonly #cursor: JsonCursor;
  readonly #sink: MetricsSink;
  readonly #attributes: JsonAttributes;

  constructor(cursor: JsonCursor, sink: MetricsSink) {
    this.#cursor = cursor;
    this.#sink = sink;
    this.#attributes = new JsonAttributes(cursor, pointAttributeLimits(sink.limits));
  }

  readRequest(request: unknown): void {
    const cursor = this.#cursor;
    cursor.eachMessage(cursor.object(request), 'resourceMetrics', (resourceMetrics) => {
      this.#sink.beginResource(this.#readResource(resourceMetrics));
      cursor.eachMessage(resourceMetrics, 'scopeMetrics', (scopeMetrics) => {
        const scope = cursor.message(scopeMetrics, 'scope');
        this.#sink.beginScope(
          scope === undefined ? '' : cursor.at('scope', () => cursor.string(scope, 'name')),
        );
        cursor.eachMessage(scopeMetrics, 'metrics', (metric) => this.#readMetric(metric));
      });
    });
  }

  #readResource(resourceMetrics: JsonObject): KnownResource | RejectionReason {
    const { interner, limits } = this.#sink;
    const entries = this.#cursor.at('resource', () =>
      jsonAttributes(
        this.#cursor,
        this.#cursor.object(this.#cursor.field(resourceMetrics, 'resource') ?? {}),
        resourceAttributeLimits(limits),
      ),
    );
    if (typeof entries === 'string') return entries;
    if (interner.resourcesAdded >= limits.maxResources) return 'too_many_resources';
    return interner.resource(resourceFromEntries(entries));
  }

  #readMetric(metric: JsonObject): void {
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
