const { readFileSync, statfsSync } = require('node:fs');
const { freemem } = require('node:os');

/** A file system in memory, on Linux. */
const directory = '/dev/shm';
/** What several packages' tests need at once, and as much again. A container has 64 MB there by default. */
const leastBytes = 4 * 1024 ** 3;

/**
 * Has temporary directories lie in memory where there is plenty of it. Tests kill processes, and what
 * those have written outlives them there as on a disk; but each commit waits for a disk, some
 * milliseconds that make many tests take twice as long. TMPDIR in the environment decides otherwise.
 */
module.exports = function useMemoryForTempFiles() {
  if (process.env.TMPDIR) return;
  if (freeBytes() < leastBytes || freemem() < leastBytes || !mayRunPrograms()) return;
  process.env.TMPDIR = directory;
};

/** Some tests install packages, with native code, and run them. */
function mayRunPrograms() {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const options = mounts
    .map((line) => line.split(' '))
    .find(([, where]) => where === directory)?.[3];
  return options !== undefined && !options.split(',').includes('noexec');
}

function freeBytes() {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  } catch {
    return 0; // There is none on this system.
  }
}
