import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How often Node looks at the loop, ms. */
const resolutionMs = 20;

/** How late the event loop was since the last reading, in seconds; undefined without a sample. */
export interface EventLoopDelay {
  readonly p50S: number;
  readonly p99S: number;
}

/** Measures how late the event loop is. {@link EventLoopMeter.stop} ends it. */
export interface EventLoopMeter {
  /** The delays since the last call, or since the start. */
  read(): EventLoopDelay | undefined;
  stop(): void;
}

/**
 * Starts to measure the event loop's delay.
 *
 * Node's histogram counts the time between two looks, so an idle loop reads as the resolution; what
 * is told here is the excess over it, 0 for an idle loop.
 */
export function startEventLoopMeter(): EventLoopMeter {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  const excessS = (percentile: number): number =>
    Math.max(0, histogram.percentile(percentile) / 1e6 - resolutionMs) / 1_000;
  return {
    read: () => {
      if (histogram.count === 0) return undefined;
      const delay = { p50S: excessS(50), p99S: excessS(99) };
      histogram.reset();
      return delay;
    },
    stop: () => void histogram.disable(),
  };
}
