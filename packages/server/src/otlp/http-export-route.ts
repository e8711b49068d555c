import { answerBytes } from '../answers/json-answer.js';
import { mediaTypeOfOtlp, otlpEncodingOf, otlpMediaTypes } from '../answers/otlp-answer.js';
import { readBody } from '../http/read-body.js';
import { unsupportedMediaType } from '../http/read-json-object.js';
import type { Route } from '../routes/route.js';
import { serveExport } from './serve-export.js';
import type { ExportRouteOptions } from './serve-export.js';
import { maxExportBytes } from './signal.js';

/** How long a body may take to arrive: longer than senders wait for their answer. */
const bodyTimeoutMs = 30_000;

/**
 * `POST /v1/…`: one signal over OTLP/HTTP, in protobuf or JSON.
 *
 * The answer comes after the commit: what was acknowledged is on disk. What cannot be stored is
 * counted in the answer's partial success and the rest is stored.
 *
 * Source: OpenTelemetry Protocol specification, OTLP/HTTP.
 */
export function httpExportRoute(options: ExportRouteOptions): Route {
  return {
    method: 'POST',
    path: options.signal.httpPath,
    access: 'telemetry',
    dialect: 'otlp',
    answer: async (request, response) => {
      const encoding = otlpEncodingOf(request);
      const answer = await serveExport(options, async (account) => {
        if (encoding === undefined) throw unsupportedMediaType(request, otlpMediaTypes);
        const limits = { maxBytes: maxExportBytes, timeoutMs: bodyTimeoutMs, account };
        return { body: await readBody(request, limits), encoding };
      });
      answerBytes(response, 200, mediaTypeOfOtlp(encoding ?? 'json'), answer);
    },
  };
}
