import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, stat, truncate, type FileHandle } from 'node:fs/promises';
import { publishFile } from '../files/publish-file.js';
import { toPathError } from '../lifecycle/path-error.js';
import { throwIfCancelled } from '../lifecycle/side-connection.js';
import type { Progress } from '../progress.js';
import { StorageError } from '../storage-error.js';
import { invalidBackup, parseManifest, type BackupManifest } from './manifest.js';
import { seal, sealedMagic, unseal } from './sealed-stream.js';

/**
 * The form of a backup: the database file as it is, the manifest as JSON, the manifest's length (8
 * bytes, big-endian), magic (8 bytes). What follows the database does not disturb DuckDB: a backup
 * that is not encrypted opens in any DuckDB tool.
 */
const magic = Buffer.from('CORALBK1', 'latin1');
const footerBytes = 16;
const maxManifestBytes = 16 * 1024 ** 2;
/** Hashed at once on the event loop, where commits wait meanwhile: a fraction of a millisecond. */
const readBytes = 128 * 1024;
/** Brought to the disk at once: a large file's at its end would hold up the log of who commits. */
const syncBytes = 4 * 1024 ** 2;

interface StreamOptions {
  /** 32 bytes. */
  readonly key: Uint8Array | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/**
 * Writes the database and what is known of it as a backup, encrypted where there is a key, and
 * reads it once more to see that the same came out.
 */
export async function writeBackupFile(
  output: string,
  database: string,
  about: Omit<BackupManifest, 'sha256'>,
  options: StreamOptions & { readonly overwrite: boolean },
): Promise<BackupManifest> {
  const { key, signal, overwrite, onProgress } = options;
  const whole = createHash('sha256');
  let manifest: BackupManifest | undefined;
  async function* plain(): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    for await (const chunk of readFile(database, 'write', options)) {
      hash.update(chunk);
      whole.update(chunk);
      yield chunk;
    }
    manifest = { ...about, sha256: hash.digest('hex') };
    const end = footer(manifest);
    whole.update(end);
    yield end;
  }
  const check = async (draft: string): Promise<void> => {
    const again = createHash('sha256');
    const sealed = readFile(draft, 'check', { signal, onProgress });
    for await (const chunk of key ? unseal(sealed, key, draft) : sealed) again.update(chunk);
    if (!again.digest().equals(whole.digest())) throw unlike(output);
  };
  await publishFile(output, { overwrite, check }, async (draft) => {
    let unsynced = 0;
    for await (const chunk of key ? seal(plain(), key) : plain()) {
      await writeAll(draft, chunk);
      unsynced += chunk.length;
      if (unsynced < syncBytes) continue;
      await draft.datasync();
      unsynced = 0;
    }
  });
  return manifest!;
}

/**
 * Takes the database out of a backup, decrypted, and checks that it is the one that was put in.
 *
 * @param target a new file; removed again when it fails
 * @throws {StorageError} `STORAGE_BACKUP_INVALID`, `STORAGE_KEY_WRONG`, `STORAGE_PATH_…`
 */
export async function unpackBackupFile(
  input: string,
  target: string,
  options: StreamOptions,
): Promise<BackupManifest> {
  try {
    const key = await keyFor(input, options.key);
    await writeUnpacked(input, target, { ...options, key });
    const manifest = await readManifest(target, input);
    await truncate(target, manifest.sizeBytes);
    const hash = createHash('sha256');
    for await (const chunk of readFile(target, 'check', options)) hash.update(chunk);
    if (hash.digest('hex') !== manifest.sha256) {
      throw invalidBackup(input, 'its SHA-256 is not the one in its manifest');
    }
    return manifest;
  } catch (reason) {
    await rm(target, { force: true });
    throw toPathError(reason, input);
  }
}

/** Writes as much as the file holds, manifest included: where the database ends it says itself. */
async function writeUnpacked(input: string, target: string, options: StreamOptions): Promise<void> {
  const { key } = options;
  const handle = await open(target, 'w', 0o600).catch((reason: unknown) => {
    throw toPathError(reason, target);
  });
  try {
    const stream = readFile(input, 'read', options);
    for await (const chunk of key ? unseal(stream, key, input) : stream) {
      await writeAll(handle, chunk);
    }
  } catch (reason) {
    throw toPathError(reason, target);
  } finally {
    await handle.close();
  }
}

/** The key where the file is encrypted, undefined where it is not. */
async function keyFor(input: string, key: Uint8Array | undefined): Promise<Uint8Array | undefined> {
  const handle = await open(input, 'r');
  try {
    const { buffer } = await handle.read(
      Buffer.alloc(sealedMagic.length),
      0,
      sealedMagic.length,
      0,
    );
    if (!buffer.equals(sealedMagic)) return undefined;
  } finally {
    await handle.close();
  }
  if (key) return key;
  throw new StorageError(
    'STORAGE_KEY_WRONG',
    `${input} is encrypted. Give the key that it was made with.`,
    { details: { path: input } },
  );
}

async function readManifest(unpacked: string, input: string): Promise<BackupManifest> {
  const handle = await open(unpacked, 'r');
  try {
    const { size } = await handle.stat();
    const end = await readAt(handle, Math.max(0, size - footerBytes), footerBytes);
    if (size < footerBytes || !end.subarray(8).equals(magic)) {
      throw invalidBackup(input, 'it is not a backup of Coral, or it was cut short');
    }
    const length = Number(end.readBigUInt64BE(0));
    if (length > maxManifestBytes || length > size - footerBytes) {
      throw invalidBackup(input, 'its manifest is damaged');
    }
    const start = size - footerBytes - length;
    const manifest = parseManifest((await readAt(handle, start, length)).toString('utf8'), input);
    if (manifest.sizeBytes !== start)
      throw invalidBackup(input, 'its size is not as its manifest says');
    return manifest;
  } finally {
    await handle.close();
  }
}

function footer(manifest: BackupManifest): Buffer {
  const json = Buffer.from(`\n${JSON.stringify(manifest, undefined, 2)}\n`, 'utf8');
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(json.length));
  return Buffer.concat([json, length, magic]);
}

async function* readFile(
  file: string,
  phase: string,
  { signal, onProgress }: Pick<StreamOptions, 'signal' | 'onProgress'>,
): AsyncGenerator<Buffer> {
  const { size: total } = await stat(file);
  let done = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: readBytes })) {
    throwIfCancelled(signal);
    yield chunk as Buffer;
    done += (chunk as Buffer).length;
    onProgress({ phase, done, total, unit: 'bytes' });
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += (await handle.write(bytes, written)).bytesWritten;
  }
}

function unlike(output: string): StorageError {
  return new StorageError(
    'STORAGE_CORRUPT',
    `What was written to ${output} reads differently. The disk is failing: write elsewhere.`,
    { details: { path: output } },
  );
}
