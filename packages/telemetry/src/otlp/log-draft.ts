import { timeMissing } from './unix-microseconds.js';

/**
 * The log record being read: both decoders fill it, the sink judges it. There is one per request,
 * reset for each record.
 *
 * Units: times in microseconds since the epoch, or `timeMissing`.
 */
export class LogDraft {
  timeUs = timeMissing;
  observedTimeUs = timeMissing;
  severity = 0;
  body = '';
  eventName = '';
  traceId = '';
  exceptionType = '';
  exceptionMessage = '';

  reset(): void {
    this.timeUs = timeMissing;
    this.observedTimeUs = timeMissing;
    this.severity = 0;
    this.body = '';
    this.eventName = '';
    this.traceId = '';
    this.exceptionType = '';
    this.exceptionMessage = '';
  }

  /** Takes an attribute, if it is one that matters. */
  takeAttribute(key: string, value: string): void {
    if (key === 'exception.type') this.exceptionType = value;
    else if (key === 'exception.message') this.exceptionMessage = value;
    // What events were called before they had a field for it.
    else if (key === 'event.name' && this.eventName === '') this.eventName = value;
  }
}
