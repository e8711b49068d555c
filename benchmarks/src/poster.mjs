import { request } from 'node:http';

/**
 * Posts over the agent's connections; rejects unless it is answered with 200 or 204.
 *
 * @param {import('node:http').Agent} agent
 * @param {string} authorization
 */
export function poster(agent, authorization) {
  return (
    /** @type {number} */ port,
    /** @type {string} */ path,
    /** @type {Uint8Array} */ body,
    /** @type {Record<string, string>} */ headers,
  ) =>
    new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
      const all = { authorization, 'content-length': body.length, ...headers };
      const sent = request(
        { agent, port, host: '127.0.0.1', method: 'POST', path, headers: all },
        (answer) => {
          /** @type {Buffer[]} */
          const chunks = [];
          answer.on('data', (chunk) => chunks.push(chunk));
          answer.on('end', () => {
            if (answer.statusCode === 200 || answer.statusCode === 204) resolve();
            else reject(new Error(`${path}: ${answer.statusCode} ${Buffer.concat(chunks)}`));
          });
        },
      );
      sent.on('error', reject);
      // A copy: the next request may stamp the same body before this one is on its way.
      sent.end(Buffer.from(body));
    });
}
