import { statSync } from 'node:fs';

/**
 * A backup while another writer goes on: how long that one waits for its commits before and during.
 *
 * @param {import('@coral/storage').Database} database
 * @param {string} output
 */
export async function measureBackup(database, output) {
  const before = await writeFor(database, new Promise((resolve) => setTimeout(resolve, 5_000)));
  const startedAt = performance.now();
  const backup = database.backup({ output });
  const during = await writeFor(database, backup);
  const seconds = (performance.now() - startedAt) / 1000;
  const { size } = statSync(output);
  return [
    {
      what: 'wait for a commit during a backup, p99',
      ours: `${during.toFixed(0)} ms`,
      theirs: `${before.toFixed(0)} ms: before`,
      ratio: (during / before).toFixed(1),
      aim: '≤ 3',
    },
    {
      what: 'backup, written and verified',
      ours: `${seconds.toFixed(1)} s for ${(size / 1e6).toFixed(0)} MB`,
      theirs: '',
      ratio: '',
      aim: '',
    },
  ];
}

/**
 * @param {import('@coral/storage').Database} database
 * @param {Promise<unknown>} until
 * @returns {Promise<number>} p99, ms
 */
async function writeFor(database, until) {
  let isOver = false;
  const over = until.finally(() => {
    isOver = true;
  });
  const times = [];
  while (!isOver) {
    const startedAt = performance.now();
    await database.recordEvent({ serviceId: 'bench', eventType: 'deploy' });
    times.push(performance.now() - startedAt);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await over;
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length * 0.99)];
}
