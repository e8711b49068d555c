const servicesPerRound = 10;
const metricsPerService = 10;
const seriesPerMetric = 1_000;

export const manySeries = servicesPerRound * metricsPerService * seriesPerMetric;
export const pointsPerBody = metricsPerService * seriesPerMetric;

/**
 * Requests that together hold one point of each of 100,000 series, a service in each: gauges, with one
 * attribute. `stamp` gives all points of a request a time, so that it can be sent again as a new one.
 */
export function manySeriesBodies() {
  return Array.from({ length: servicesPerRound }, (_, service) => {
    const metrics = Array.from({ length: metricsPerService }, (_, metric) =>
      message(2, Buffer.concat([text(1, `metric.number.${metric}`), message(5, gaugePoints())])),
    );
    const name = Buffer.concat([
      text(1, 'service.name'),
      message(2, text(1, `service-${service}`)),
    ]);
    const body = message(
      1,
      Buffer.concat([message(1, message(1, name)), message(2, Buffer.concat(metrics))]),
    );
    const times = placesOfTimes(body);
    return {
      body,
      /** @param {number} timeMs */
      stamp(timeMs) {
        const nanoseconds = BigInt(Math.round(timeMs * 1000)) * 1000n;
        for (const at of times) body.writeBigUInt64LE(nanoseconds, at);
      },
    };
  });
}

function gaugePoints() {
  return Buffer.concat(
    Array.from({ length: seriesPerMetric }, (_, n) => {
      const id = String(n).padStart(4, '0');
      const attribute = message(7, Buffer.concat([text(1, 'id'), message(2, text(1, id))]));
      const rest = Buffer.alloc(18);
      rest[0] = 0x19;
      rest[9] = 0x21;
      rest.writeDoubleLE(20 + Math.sin(n), 10);
      return message(1, Buffer.concat([attribute, rest]));
    }),
  );
}

/** Where the 8 bytes of each point's time are. @param {Buffer} body @returns {number[]} */
function placesOfTimes(body) {
  const places = [];
  // Of a point: 0a <length> 3a <length> 0a 02 'id' 12 <length> 0a 04 '0000' 19 <time>.
  const mark = Buffer.from([0x0a, 0x02, 0x69, 0x64, 0x12, 0x06, 0x0a, 0x04]);
  for (let at = body.indexOf(mark); at >= 0; at = body.indexOf(mark, at + mark.length)) {
    places.push(at + mark.length + 4 + 1);
  }
  if (places.length !== pointsPerBody) throw new Error(`${places.length} times`);
  return places;
}

/** @param {number} field @param {string} content */
function text(field, content) {
  return message(field, Buffer.from(content));
}

/** A length-delimited field. @param {number} field @param {Buffer} content */
function message(field, content) {
  const head = [(field << 3) | 2];
  let { length } = content;
  for (; length > 127; length = Math.floor(length / 128)) head.push((length % 128) | 128);
  return Buffer.concat([Buffer.from([...head, length]), content]);
}
