import type { OtlpEncoding } from '@coral/telemetry';
import { mediaTypeOf } from '../http/media-type.js';
import type { HttpRequest } from '../listen/exchange.js';

const mediaTypes: Readonly<Record<OtlpEncoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** The content types that OTLP/HTTP has. */
export const otlpMediaTypes: readonly string[] = Object.values(mediaTypes);

/** How a request is encoded; undefined when it is in none of OTLP's ways. */
export function otlpEncodingOf(request: HttpRequest): OtlpEncoding | undefined {
  const mediaType = mediaTypeOf(request);
  if (mediaType === mediaTypes.protobuf) return 'protobuf';
  return mediaType === mediaTypes.json ? 'json' : undefined;
}

/** The content type of an answer. */
export function mediaTypeOfOtlp(encoding: OtlpEncoding): string {
  return mediaTypes[encoding];
}
