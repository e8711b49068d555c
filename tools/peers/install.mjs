import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

// Puts the programs that some specs and benchmarks run Coral against into .peers, from Debian's
// packages and without installing them: no service starts, nothing outside this folder changes.
// What is on PATH already is left alone. Exits with 1 when one cannot be had.

/** Program, and the Debian package that holds it. */
const peers = {
  prometheus: 'prometheus',
  'prometheus-node-exporter': 'prometheus-node-exporter',
  'victoria-metrics': 'victoria-metrics',
};
const folder = path.join(import.meta.dirname, '../../.peers');
const programs = path.join(folder, 'usr/bin');

const isThere = (program) =>
  [programs, ...(process.env.PATH ?? '').split(path.delimiter)].some((directory) => {
    try {
      accessSync(path.join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });

function download(packages, directory) {
  try {
    run('apt-get', ['download', ...packages], directory);
  } catch {
    // A new machine may have no package lists yet.
    run('apt-get', ['update'], directory);
    run('apt-get', ['download', ...packages], directory);
  }
}

const missing = Object.keys(peers).filter((program) => !isThere(program));
if (missing.length > 0) {
  const directory = mkdtempSync(path.join(tmpdir(), 'coral-peers-'));
  try {
    download(
      missing.map((program) => peers[program]),
      directory,
    );
    mkdirSync(folder, { recursive: true });
    for (const file of readdirSync(directory)) {
      run('dpkg-deb', ['--extract', path.join(directory, file), folder]);
    }
    console.log(`${missing.join(', ')}: now in ${path.relative(process.cwd(), programs)}`);
  } catch (error) {
    console.error(
      `${missing.join(', ')} could not be fetched from Debian's packages; specs that need them are left out where CI is not set.\n${error.stderr || error.message}`,
    );
    process.exitCode = 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
