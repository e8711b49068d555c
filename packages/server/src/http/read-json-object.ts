import { ServerError } from '../errors.js';
import type { HttpRequest } from '../listen/exchange.js';
import { mediaTypeOf } from './media-type.js';
import { readBody } from './read-body.js';
import type { BodyLimits } from './read-body.js';

/**
 * Reads a request's body as one JSON object.
 *
 * @throws {ServerError} what {@link readBody} throws; `SERVER_MEDIA_TYPE_UNSUPPORTED` when it is not
 *   sent as application/json; `SERVER_BODY_MALFORMED` when it is not a JSON object in UTF-8
 */
export async function readJsonObject(
  request: HttpRequest,
  limits: BodyLimits,
): Promise<Readonly<Record<string, unknown>>> {
  if (mediaTypeOf(request) !== 'application/json') {
    throw unsupportedMediaType(request, ['application/json']);
  }
  const body = await readBody(request, limits);
  const value = parseJson(body);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new ServerError('SERVER_BODY_MALFORMED', 'The body must be a JSON object.');
}

/** The error for a body sent as something that the route does not read. */
export function unsupportedMediaType(
  request: HttpRequest,
  supported: readonly string[],
): ServerError {
  const sent = request.headers['content-type'];
  return new ServerError(
    'SERVER_MEDIA_TYPE_UNSUPPORTED',
    `${sent === undefined ? 'The content type is missing' : `The content type "${sent.slice(0, 100)}" is not supported`}. Send ${supported.join(' or ')}.`,
    { details: { supported } },
  );
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (reason) {
    const why = (reason as Error).message;
    throw new ServerError('SERVER_BODY_MALFORMED', `The body is not JSON in UTF-8: ${why}.`, {
      cause: reason,
    });
  }
}
