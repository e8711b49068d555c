import type { PointColumns, SeriesDescriptor } from '../points/point-columns.js';

/** What the points of one resource say of the process that sent them. Times in µs; 0: nothing. */
export interface ProcessStart {
  /** When the process says that it started. */
  readonly saidUs: number;
  /** The earliest start among its counters: all of them count since then, or later. */
  readonly countersUs: number;
  /** Newest time of its points. */
  readonly newestUs: number;
  /** Keys of the counters, to tell those that were there before. */
  readonly counters: readonly string[];
}

/** So many counters are enough to look whether one of them is known. */
const mostCounters = 16;

/** Reads start times out of points, by the resource of their series. One pass; no object per point. */
export function processStarts(points: PointColumns): Map<string, ProcessStart> {
  const { series, seriesIndex, timeUs, startTimeUs, value, length } = points;
  const found = new Map<string, Reading>();
  let reading = new Reading('');
  for (let i = 0; i < length; i += 1) {
    const one = series[seriesIndex[i]!]!;
    if (i === 0 || one.resource !== reading.resource) {
      // Where resources take turns, the one that came after this one before comes now.
      if (reading.next?.resource !== one.resource) reading.next = readingOf(found, one.resource);
      reading = reading.next;
    }
    const time = timeUs[i]!;
    if (time > reading.newestUs) reading.newestUs = time;
    if (startTimeUs[i]! > 0) reading.takeCounter(one, startTimeUs[i]!);
    if (isStartMetric(one.metricName)) reading.takeStart(value[i]!, time);
  }
  return found;
}

function readingOf(found: Map<string, Reading>, resource: string): Reading {
  let reading = found.get(resource);
  if (!reading) found.set(resource, (reading = new Reading(resource)));
  return reading;
}

/** Whether a metric's value is the start of its process, in seconds since the epoch. */
function isStartMetric(name: string): boolean {
  return name === 'process_start_time_seconds' || name === 'process.start_time';
}

class Reading implements ProcessStart {
  readonly resource: string;
  /** Of the resource that came after this one last. */
  next: Reading | undefined;
  newestUs = 0;
  saidUs = 0;
  countersUs = 0;
  readonly counters: string[] = [];
  /** Of the newest point that says a start. */
  #saidAtUs = 0;

  constructor(resource: string) {
    this.resource = resource;
  }

  takeCounter({ temporality, key }: SeriesDescriptor, startUs: number): void {
    if (temporality !== 'cumulative') return;
    if (this.countersUs === 0 || startUs < this.countersUs) this.countersUs = startUs;
    if (this.counters.length < mostCounters && !this.counters.includes(key)) {
      this.counters.push(key);
    }
  }

  takeStart(seconds: number, timeUs: number): void {
    const us = Math.round(seconds * 1e6);
    if (timeUs < this.#saidAtUs || !Number.isSafeInteger(us) || us <= 0) return;
    this.saidUs = timeUs > this.#saidAtUs ? us : Math.max(us, this.saidUs);
    this.#saidAtUs = timeUs;
  }
}
