/** The two text formats that Prometheus reads. */
export type ExpositionFormat = 'text' | 'openmetrics';

/** What to ask a target for: OpenMetrics 1.0 rather than the older text format 0.0.4. */
export const expositionAccept =
  'application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.1';

/**
 * The format that an answer's `Content-Type` names. Anything but OpenMetrics is read as the text
 * format: many small exporters send it under another type, or under none.
 */
export function expositionFormatOf(contentType: string | undefined): ExpositionFormat {
  const type = (contentType ?? '').split(';')[0]!.trim().toLowerCase();
  return type === 'application/openmetrics-text' ? 'openmetrics' : 'text';
}
