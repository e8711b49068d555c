import type { HttpRequest } from '../listen/exchange.js';

/**
 * The media type of a request's body in lower case, without parameters; undefined when it is
 * missing, or when its charset is one that no format of ours has (they are all UTF-8).
 */
export function mediaTypeOf(request: HttpRequest): string | undefined {
  const header = request.headers['content-type'];
  if (header === undefined) return undefined;
  const [type = '', ...parameters] = header.toLowerCase().split(';');
  for (const parameter of parameters) {
    const charset = /^\s*charset\s*=\s*"?([^"\s]*)"?\s*$/.exec(parameter)?.[1];
    if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') return undefined;
  }
  return type.trim();
}
