import type { HttpResponse } from '../listen/exchange.js';
import type { Failure } from './failure.js';
import { answerBytes, failureHeaders } from './json-answer.js';

/** What of a request was written, for the headers of remote write 2.0. */
export interface WrittenStats {
  readonly samples: number;
  readonly histograms: number;
  readonly exemplars: number;
}

/** Answers a request that was stored as a whole: 204. */
export function answerRemoteWrite(response: HttpResponse, written: WrittenStats): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(204, writtenHeaders(written));
  response.end();
}

/**
 * Answers a request of which some samples can never be stored, with the reasons. The others are
 * stored: its sender must not repeat it, which is what 400 says.
 */
export function answerPartialWrite(
  response: HttpResponse,
  reasons: string,
  written: WrittenStats,
): void {
  const body = Buffer.from(`Some samples cannot be stored, the others are: ${reasons}\n`, 'utf8');
  answerBytes(response, 400, 'text/plain; charset=utf-8', body, writtenHeaders(written));
}

/**
 * Answers a request of which nothing was stored.
 *
 * Senders repeat after 5xx and give up after 4xx, in their default also after 429: whatever may
 * pass is a 5xx here. They log the first line of the answer.
 *
 * Source: prometheus.io/docs/specs/prw/remote_write_spec, Retries & Backoff
 */
export function refuseRemoteWrite(response: HttpResponse, failure: Failure): void {
  const { http, otlp = http, retryAfterS } = failure.meaning;
  const status = otlp < 500 && (retryAfterS !== undefined || otlp === 408) ? 503 : otlp;
  const body = Buffer.from(`${failure.code}: ${failure.message}\n`, 'utf8');
  const nothing = writtenHeaders({ samples: 0, histograms: 0, exemplars: 0 });
  answerBytes(response, status, 'text/plain; charset=utf-8', body, {
    ...nothing,
    ...failureHeaders(failure),
  });
}

function writtenHeaders({ samples, histograms, exemplars }: WrittenStats): Record<string, string> {
  return {
    'x-prometheus-remote-write-samples-written': String(samples),
    'x-prometheus-remote-write-histograms-written': String(histograms),
    'x-prometheus-remote-write-exemplars-written': String(exemplars),
  };
}
