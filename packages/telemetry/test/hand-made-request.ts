import {
  attribute,
  double,
  doubleBytes,
  fixed64,
  fixed64Bytes,
  message,
  metric,
  numberPoint,
  request,
  sint,
  string,
  textAttribute,
  timeNs,
  uint,
} from './protobuf-bytes.js';

const time = fixed64(3, timeNs);
const timeUnixNano = String(timeNs);

/** What the SDK does not send: summaries, negative buckets, nested attributes, flags, exemplars. */
export const handMadeRequest = {
  protobuf: request(
    [
      metric(
        'nested',
        5,
        numberPoint(
          fixed64(6, -5n),
          attribute(7, 'list', message(5, message(1, uint(3, 2n ** 60n)), message(1, uint(2, 1)))),
          attribute(7, 'map', message(6, textAttribute(1, 'k', 'ä'))),
          attribute(7, 'bytes', message(7, [0, 255])),
        ),
        numberPoint(uint(8, 1)),
        numberPoint(double(4, NaN)),
      ),
      metric(
        'summary',
        11,
        message(
          1,
          time,
          fixed64(4, 10),
          double(5, 2.5),
          message(6, double(1, 0.5), double(2, 0.2)),
          message(6, double(1, 0.99), double(2, NaN)),
        ),
      ),
      metric(
        'exponential',
        10,
        message(
          1,
          time,
          fixed64(4, 6),
          sint(6, 3),
          fixed64(7, 1),
          message(8, sint(1, -4), message(2, [1, 0, 2])),
          message(9, sint(1, 4), uint(2, 2)),
          message(11, string(7, 'exemplar')),
        ),
        uint(2, 2),
      ),
      metric(
        'histogram',
        9,
        message(
          1,
          time,
          textAttribute(9, 'a', 'b'),
          fixed64(4, 3),
          message(6, fixed64Bytes(1), fixed64Bytes(2)),
          message(7, doubleBytes(1.5)),
          double(11, 1),
        ),
        uint(2, 1),
      ),
    ],
    textAttribute(1, 'service.name', 'made'),
  ),
  JSON: new TextEncoder().encode(
    JSON.stringify({
      resourceMetrics: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'made' } }] },
          scopeMetrics: [
            {
              metrics: [
                {
                  name: 'nested',
                  gauge: {
                    dataPoints: [
                      {
                        timeUnixNano,
                        asInt: '-5',
                        attributes: [
                          {
                            key: 'list',
                            value: {
                              arrayValue: {
                                values: [{ intValue: String(2n ** 60n) }, { boolValue: true }],
                              },
                            },
                          },
                          {
                            key: 'map',
                            value: {
                              kvlistValue: { values: [{ key: 'k', value: { stringValue: 'ä' } }] },
                            },
                          },
                          { key: 'bytes', value: { bytesValue: 'AP8=' } },
                        ],
                      },
                      { timeUnixNano, flags: 1 },
                      { timeUnixNano, asDouble: 'NaN' },
                    ],
                  },
                },
                {
                  name: 'summary',
                  summary: {
                    dataPoints: [
                      {
                        timeUnixNano,
                        count: '10',
                        sum: 2.5,
                        quantileValues: [
                          { quantile: 0.5, value: 0.2 },
                          { quantile: 0.99, value: 'NaN' },
                        ],
                      },
                    ],
                  },
                },
                {
                  name: 'exponential',
                  exponentialHistogram: {
                    aggregationTemporality: 2,
                    dataPoints: [
                      {
                        timeUnixNano,
                        count: 6,
                        scale: 3,
                        zeroCount: '1',
                        positive: { offset: -4, bucketCounts: ['1', '0', '2'] },
                        negative: { offset: 4, bucketCounts: [2] },
                        exemplars: [{}],
                      },
                    ],
                  },
                },
                {
                  name: 'histogram',
                  histogram: {
                    aggregationTemporality: 1,
                    dataPoints: [
                      {
                        timeUnixNano,
                        count: '3',
                        bucketCounts: ['1', '2'],
                        explicitBounds: [1.5],
                        min: 1,
                        attributes: [{ key: 'a', value: { stringValue: 'b' } }],
                      },
                    ],
                  },
                },
              ],
            },
          ],
        },
      ],
    }),
  ),
};
