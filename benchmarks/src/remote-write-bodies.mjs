import { compressSnappy } from './snappy-block.mjs';

export const seriesCount = 10_000;
export const samplesPerBody = 2_000;

/**
 * The labels of 10,000 series, each as the bytes of its Label messages: counters of requests by
 * instance, path, method and status, as an instrumented service has them.
 */
function labelsOfSeries() {
  const methods = ['GET', 'POST', 'PUT', 'DELETE'];
  return Array.from({ length: seriesCount }, (_, i) => {
    const labels = [
      [
        '__name__',
        `http_server_${['requests', 'errors', 'bytes', 'retries', 'seconds'][i % 5]}_total`,
      ],
      ['cluster', 'eu-west-1'],
      ['instance', `10.0.${i % 20}.17:8080`],
      ['job', 'checkout'],
      ['method', methods[(i >> 3) % 4]],
      ['path', `/api/v1/resource/${Math.floor(i / 100)}`],
      ['status', String(200 + (i % 100))],
    ];
    return Buffer.concat(
      labels.map(([name, value]) =>
        message(
          1,
          Buffer.concat([message(1, Buffer.from(`${name}`)), message(2, Buffer.from(`${value}`))]),
        ),
      ),
    );
  });
}

const labels = labelsOfSeries();
const values = new Float64Array(seriesCount);

/**
 * Remote write 1.0 requests of 2,000 samples each, five to a scrape of all series, in the order of time.
 *
 * @param {number} scrapes
 * @param {number} fromMs time of the first scrape
 * @param {number} everyMs
 * @returns {Buffer[]}
 */
export function remoteWriteBodies(scrapes, fromMs, everyMs) {
  const bodies = [];
  for (let scrape = 0; scrape < scrapes; scrape++) {
    const timeMs = fromMs + scrape * everyMs;
    for (let first = 0; first < seriesCount; first += samplesPerBody) {
      const parts = [];
      for (let i = first; i < first + samplesPerBody; i++) {
        const value = /** @type {number} */ (values[i]) + Math.floor(Math.random() * 50);
        values[i] = value;
        parts.push(
          message(
            1,
            Buffer.concat([/** @type {Buffer} */ (labels[i]), message(2, sample(value, timeMs))]),
          ),
        );
      }
      bodies.push(compressSnappy(Buffer.concat(parts)));
    }
  }
  return bodies;
}

/** @param {number} value @param {number} timeMs */
function sample(value, timeMs) {
  const bytes = Buffer.alloc(9);
  bytes[0] = 9;
  bytes.writeDoubleLE(value, 1);
  return Buffer.concat([bytes, Buffer.from([16, ...varint(timeMs)])]);
}

/** @param {number} field @param {Uint8Array} body */
function message(field, body) {
  return Buffer.concat([Buffer.from([field * 8 + 2, ...varint(body.length)]), body]);
}

/** @param {number} value @returns {number[]} */
function varint(value) {
  const bytes = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return bytes;
}
