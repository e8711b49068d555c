import { coral, timeToExit } from './processes.mjs';
import { median, pairedRatio } from './statistics.mjs';

/**
 * `coral --help` against `node -e 0`.
 *
 * @param {{ runs: number }} options
 */
export function help({ runs }) {
  const ours = [];
  const floors = [];
  for (let run = -1; run < runs; run += 1) {
    const our = timeToExit([coral, '--help']);
    const floor = timeToExit(['-e', '0']);
    if (run === -1) continue; // Warms the caches.
    ours.push(our);
    floors.push(floor);
  }
  return [
    {
      name: 'coral --help',
      ours: `${median(ours).toFixed(0)} ms`,
      floor: `${median(floors).toFixed(0)} ms: node -e 0`,
      ...pairedRatio(ours, floors),
      aim: '≤ 1.3',
    },
  ];
}
