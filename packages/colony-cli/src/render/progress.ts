import type { Progress } from '@coral/storage';
import type { CommandContext } from '../command-context.js';
import { formatBytes } from './units.js';

/** Shows how far a long task is; {@link end} clears up when it is done. */
export interface ProgressDisplay {
  show(progress: Progress): void;
  end(): void;
}

const barWidth = 24;
/** Elsewhere than on a terminal: a line for each phase, and one every ten seconds of it. */
const lineEveryMs = 10_000;

/**
 * A bar on a terminal; plain lines elsewhere; nothing for programs that read JSON. On standard
 * error, so that the answer alone is on standard output.
 */
export function displayProgress({ io, globals }: CommandContext): ProgressDisplay {
  if (io.stderr.isTTY === true) return bar(io.stderr);
  if (globals.json) return { show: () => undefined, end: () => undefined };
  return lines(io.stderr, io.now);
}

function bar(stream: CommandContext['io']['stderr']): ProgressDisplay {
  let isDrawn = false;
  return {
    show: (progress) => {
      isDrawn = true;
      stream.write(`\r\u001b[2K${drawProgress(progress)}`);
    },
    end: () => {
      if (isDrawn) stream.write('\r\u001b[2K');
    },
  };
}

function lines(stream: CommandContext['io']['stderr'], now: () => number): ProgressDisplay {
  let phase: string | undefined;
  let lastAt = 0;
  return {
    show: (progress) => {
      const at = now();
      if (progress.phase === phase && at - lastAt < lineEveryMs) return;
      phase = progress.phase;
      lastAt = at;
      stream.write(`${describeProgress(progress)}\n`);
    },
    end: () => undefined,
  };
}

/** `copy    ██████░░░░░░ 50 % of 1.2 GiB`; without a total only what is done. */
export function drawProgress(progress: Progress): string {
  const { phase, done, total } = progress;
  if (total === undefined || total === 0) return describeProgress(progress);
  const filled = Math.round(Math.min(1, done / total) * barWidth);
  const drawn = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
  return `${phase.padEnd(8)} ${drawn} ${percent(done, total)} of ${amount(total, progress.unit)}`;
}

/** `copy: 50 % of 1.2 GiB`, `count` */
export function describeProgress({ phase, done, total, unit }: Progress): string {
  if (total !== undefined && total > 0) {
    return `${phase}: ${percent(done, total)} of ${amount(total, unit)}`;
  }
  return done === 0 ? phase : `${phase}: ${amount(done, unit)}`;
}

function percent(done: number, total: number): string {
  return `${Math.floor(Math.min(1, done / total) * 100)} %`;
}

function amount(value: number, unit: Progress['unit']): string {
  return unit === 'bytes' ? formatBytes(value) : `${value} ${unit}`;
}
