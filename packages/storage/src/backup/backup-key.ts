import { readFile } from 'node:fs/promises';
import { toPathError } from '../lifecycle/path-error.js';
import { StorageError } from '../storage-error.js';

/** A key that encrypts backups: 32 bytes, in a file or as text. Never in a command line. */
export type BackupKey =
  | {
      /** Holds 64 hexadecimal digits, or 32 bytes. */
      readonly file: string;
    }
  | {
      /** 64 hexadecimal digits. */
      readonly hex: string;
    };

const keyBytes = 32;

/** @throws {StorageError} `STORAGE_KEY_WRONG` when it is not a key, `STORAGE_PATH_…` */
export async function readBackupKey(key: BackupKey | undefined): Promise<Uint8Array | undefined> {
  if (key === undefined) return undefined;
  if ('hex' in key) return parseKey(Buffer.from(key.hex, 'latin1'), 'The key');
  const bytes = await readFile(key.file).catch((reason: unknown) => {
    if ((reason as NodeJS.ErrnoException).code !== 'ENOENT') throw toPathError(reason, key.file);
    throw notAKey(key.file, reason);
  });
  return parseKey(bytes, key.file);
}

function parseKey(bytes: Buffer, where: string): Uint8Array {
  const text = bytes.toString('latin1').trim();
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  if (bytes.length === keyBytes) return bytes;
  throw notAKey(where);
}

function notAKey(where: string, cause?: unknown): StorageError {
  return new StorageError(
    'STORAGE_KEY_WRONG',
    `${where} is not a key for backups: that is 64 hexadecimal digits, such as \`openssl rand -hex 32\` prints, or a file of 32 bytes.`,
    { cause },
  );
}
