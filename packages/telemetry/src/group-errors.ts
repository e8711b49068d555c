import { hash } from 'node:crypto';
import { describeInstance } from './describe-instance.js';
import type { DecodedLogs } from './logs.js';
import { messageOf, messageTemplate } from './message-template.js';

const errorSeverity = 17;
const fatalSeverity = 21;
const minuteUs = 60_000_000;
/** Texts kept of a message, so that an event stays readable. UTF-16 units */
const maxSampleLength = 500;
/** The template of errors beyond the bounds. */
const otherErrors = '(other errors)';

/** Errors of one request that are one error as far as we can tell, in one minute. */
export interface ErrorGroup {
  readonly serviceId: string;
  /** As {@link describeInstance} has it. */
  readonly instance: string;
  /** Sixteen hexadecimal digits: equal for the same service, class, template and exception. */
  readonly fingerprint: string;
  readonly severity: 'error' | 'fatal';
  /** The message without what differs each time. */
  readonly template: string;
  /** `''` when there is none. */
  readonly exceptionType: string;
  /** The first of the messages as it came, cut. */
  readonly message: string;
  /** Of the same record; `''` when it has none. */
  readonly traceId: string;
  /** Start of the minute. µs */
  readonly minuteUs: number;
  readonly firstUs: number;
  readonly lastUs: number;
  readonly count: number;
}

export interface GroupErrorsOptions {
  /** The time of records that say none. µs */
  readonly nowUs: number;
  /** Groups of one request; errors beyond it are counted as `(other errors)`. Default 500. */
  readonly maxGroups?: number;
  /** Distinct messages of one request that are looked at; those beyond it as well. Default 5,000. */
  readonly maxMessages?: number;
}

/**
 * Sums up the errors among log records: what was said, how often, when. An error is a record of
 * severity ERROR or above, or one of unknown severity that carries an exception.
 *
 * Shape:  one group per service, instance, fingerprint and minute, in order of first appearance;
 *         `[]` when there are no errors. The sum of `count` is the number of errors.
 * Cost:   a few microseconds per distinct message; bounded by the options.
 */
export function groupErrors(
  { logs, resources }: Pick<DecodedLogs, 'logs' | 'resources'>,
  { nowUs, maxGroups = 500, maxMessages = 5_000 }: GroupErrorsOptions,
): ErrorGroup[] {
  const groups = new Map<string, { -readonly [name in keyof ErrorGroup]: ErrorGroup[name] }>();
  const templates = new Map<string, string>();
  const instances: string[] = [];
  for (let i = 0; i < logs.length; i++) {
    const severity = logs.severity[i]!;
    const exceptionType = clean(logs.exceptionType[i]!);
    if (severity < errorSeverity && !(severity === 0 && exceptionType !== '')) continue;
    const resource = resources[logs.resourceIndex[i]!]!;
    const text = logs.body[i]! || logs.exceptionMessage[i]! || logs.eventName[i]!;
    let template = templates.get(text);
    if (template === undefined) {
      if (templates.size < maxMessages) {
        template = clean(messageTemplate(text));
        templates.set(text, template);
      } else template = otherErrors;
    }
    const timeUs = logs.timeUs[i]! || nowUs;
    const start = Math.floor(timeUs / minuteUs) * minuteUs;
    const kind = severity >= fatalSeverity ? 'fatal' : 'error';
    const instance = (instances[logs.resourceIndex[i]!] ??= describeInstance(resource).instance);
    const place = `${resource.serviceId}\n${instance}\n${start}\n${kind}`;
    let key = `${place}\n${template}\n${exceptionType}`;
    let known = groups.get(key);
    const isBeyond = known === undefined && groups.size >= maxGroups;
    if (isBeyond) {
      key = `${place}\n${otherErrors}\n`;
      known = groups.get(key);
    }
    if (known === undefined) {
      const said = isBeyond ? otherErrors : template;
      const exception = isBeyond ? '' : exceptionType;
      groups.set(key, {
        serviceId: resource.serviceId,
        instance,
        fingerprint: fingerprintOf(resource.serviceId, kind, said, exception),
        severity: kind,
        template: said,
        exceptionType: exception,
        message: sampleOf(text),
        traceId: logs.traceId[i]!,
        minuteUs: start,
        firstUs: timeUs,
        lastUs: timeUs,
        count: 1,
      });
      continue;
    }
    known.count++;
    if (timeUs > known.lastUs) known.lastUs = timeUs;
    if (timeUs < known.firstUs) {
      known.firstUs = timeUs;
      known.message = sampleOf(text);
      known.traceId = logs.traceId[i]!;
    }
  }
  return [...groups.values()];
}

function fingerprintOf(...parts: readonly string[]): string {
  return hash('sha256', parts.join('\n'), 'hex').slice(0, 16);
}

function sampleOf(text: string): string {
  return clean(messageOf(text)).slice(0, maxSampleLength).toWellFormed();
}

/** Without what no database takes into a text. */
function clean(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', ' ') : text;
}
