import { randomInt } from 'node:crypto';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { hasRunnerHooks, onTestEnd } from './cleanup.js';

// Below every usual range of ephemeral ports (Linux 32768, others 49152), because the system gives
// those to any outgoing connection between our look and the test's listen.
const FIRST_PORT = 20_000;
const LAST_PORT = 29_999;
const MAX_ATTEMPTS = 200;
const STALE_AFTER_MS = 60 * 60_000;

/**
 * Finds a TCP port on the loopback interface that is free and that no other test is given.
 *
 * The port is reserved for this caller until the test ends: reservations are files in the
 * temporary directory, so that test workers running side by side never get the same one. A
 * program that does not use testkit can still take it; where the program under test can listen on
 * port 0 and say which port it got, that is the only way without a race.
 *
 * @throws {Error} when no free port was found in 200 attempts
 * @example
 * const port = await freePort();
 * await spawnProcess({ command: 'coral', args: ['colony', 'start'], env: { CORAL_PORT: String(port) } });
 */
export async function freePort(): Promise<number> {
  const directory = join(tmpdir(), `coral-testkit-ports-${userInfo().uid}`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await dropStaleReservations(directory);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    const reservation = join(directory, String(port));
    if (!(await createExclusively(reservation))) continue;
    const release = (): Promise<void> => rm(reservation, { force: true });
    if (await canListen(port)) {
      if (hasRunnerHooks()) onTestEnd(release);
      return port;
    }
    await release();
  }
  throw new Error(`No free port from ${FIRST_PORT} to ${LAST_PORT} in ${MAX_ATTEMPTS} attempts.`);
}

async function createExclusively(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** A killed test run leaves its reservations behind; no test lasts an hour. */
async function dropStaleReservations(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const modifiedAt = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Number.POSITIVE_INFINITY, // Released by its owner a moment ago.
    );
    if (Date.now() - modifiedAt > STALE_AFTER_MS) await rm(path, { force: true });
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () =>
      server.close(() => resolve(true)),
    );
  });
}
