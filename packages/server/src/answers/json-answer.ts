import type { HttpResponse } from '../listen/exchange.js';
import type { Failure } from './failure.js';

/** Answers with one JSON value. */
export function answerJson(
  response: HttpResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = Buffer.from(`${JSON.stringify(value)}\n`, 'utf8');
  answerBytes(response, status, 'application/json', body, headers);
}

/** Answers with bytes of a known type. Nothing is sent when the answer has already begun. */
export function answerBytes(
  response: HttpResponse,
  status: number,
  contentType: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': String(body.length),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(body);
}

/** The JSON body of a failed request: `{ code, message, details? }`. */
export function failureBody({ code, message, details }: Failure): object {
  return Object.keys(details).length === 0 ? { code, message } : { code, message, details };
}

/** The headers that belong to a failure: who may ask, how, and when to ask again. */
export function failureHeaders(failure: Failure): Record<string, string> {
  const { code, details, meaning } = failure;
  const headers: Record<string, string> = {};
  if (meaning.retryAfterS !== undefined) headers['retry-after'] = String(meaning.retryAfterS);
  if (code === 'SERVER_UNAUTHENTICATED') {
    const wrong = details['token'] === 'wrong' ? ', error="invalid_token"' : '';
    headers['www-authenticate'] = `Bearer realm="coral"${wrong}`;
  }
  if (code === 'SERVER_METHOD_NOT_ALLOWED') headers['allow'] = list(details['allow']);
  if (code === 'SERVER_ENCODING_UNSUPPORTED')
    headers['accept-encoding'] = list(details['supported']);
  if (code === 'SERVER_MEDIA_TYPE_UNSUPPORTED') headers['accept-post'] = list(details['supported']);
  return headers;
}

function list(value: Failure['details'][string] | undefined): string {
  return Array.isArray(value) ? value.join(', ') : String(value ?? '');
}
