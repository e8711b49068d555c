import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Finding } from './finding.js';

const writableByOthers = 0o002;
const openToOthers = 0o077;

/** Whether we may write where we must, and others may not read or write what they must not. */
export async function checkPermissions(
  databasePath: string,
  privateFiles: readonly string[],
): Promise<Finding> {
  const directory = path.dirname(databasePath);
  const problems = [
    await notOurs(directory),
    await notOurs(databasePath),
    await tooOpen(directory, writableByOthers, 'others may write in', 'o-w'),
    await tooOpen(databasePath, writableByOthers, 'others may write', 'o-w'),
    ...(await Promise.all(
      privateFiles.map((file) => tooOpen(file, openToOthers, 'others may read', 'go-rwx')),
    )),
  ];
  return (
    problems.find((problem) => problem !== undefined) ?? {
      check: 'permissions',
      severity: 'ok',
      message: 'Folder and files are writable here, and closed to others.',
    }
  );
}

async function notOurs(file: string): Promise<Finding | undefined> {
  try {
    await access(file, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (reason) {
    const { code } = reason as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    return {
      check: 'permissions',
      severity: 'error',
      message: `This user cannot write ${file} (${code}).`,
      remedy: `sudo chown "$USER" '${file}'`,
    };
  }
}

async function tooOpen(
  file: string,
  bits: number,
  what: string,
  change: string,
): Promise<Finding | undefined> {
  const mode = await modeOf(file);
  if (mode === undefined || (mode & bits) === 0) return undefined;
  return {
    check: 'permissions',
    severity: 'error',
    message: `${what[0]!.toUpperCase()}${what.slice(1)} ${file} (mode ${(mode & 0o777).toString(8)}).`,
    remedy: `chmod ${change} '${file}'`,
  };
}

async function modeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mode;
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw reason;
  }
}
