import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { StorageError } from '../storage-error.js';
import { readBlocks } from './blocks.js';
import { invalidBackup } from './manifest.js';

/**
 * The form of an encrypted backup.
 *
 * Header: magic (8 bytes), salt (32), check (16). Then chunks of 1 MiB, each AES-256-GCM: the
 * ciphertext and its tag (16). A chunk's nonce is its number (11 bytes) and 1 for the last chunk,
 * else 0; so chunks that are changed, moved, repeated or missing, and an end that was cut off, fail
 * to open. The header is authenticated with every chunk. The file's key comes from the owner's key
 * and the salt (HKDF-SHA-256), so that no nonce is used twice under one key; the check comes from
 * them too and tells a wrong key from a damaged file.
 *
 * Source: the STREAM construction, https://eprint.iacr.org/2015/189
 */
export const sealedMagic = Buffer.from('CORALSB1', 'latin1');

const chunkBytes = 1024 ** 2;
const tagBytes = 16;
const saltBytes = 32;
const checkBytes = 16;
const headerBytes = sealedMagic.length + saltBytes + checkBytes;

/** Encrypts a stream of bytes. @param key 32 bytes */
export async function* seal(plain: AsyncIterable<Buffer>, key: Uint8Array): AsyncGenerator<Buffer> {
  const salt = randomBytes(saltBytes);
  const { fileKey, check } = deriveKeys(key, salt);
  const header = Buffer.concat([sealedMagic, salt, check]);
  yield header;
  let number = 0;
  for await (const { block, isLast } of readBlocks(plain, chunkBytes)) {
    const cipher = createCipheriv('aes-256-gcm', fileKey, nonce(number, isLast));
    cipher.setAAD(header);
    yield Buffer.concat([cipher.update(block), cipher.final(), cipher.getAuthTag()]);
    number += 1;
  }
}

/**
 * Decrypts what {@link seal} made. Nothing is yielded that was not authenticated.
 *
 * @throws {StorageError} `STORAGE_KEY_WRONG`, `STORAGE_BACKUP_INVALID`
 */
export async function* unseal(
  sealed: AsyncIterable<Buffer>,
  key: Uint8Array,
  file: string,
): AsyncGenerator<Buffer> {
  let opener: { readonly fileKey: Buffer; readonly header: Buffer } | undefined;
  let number = 0;
  for await (const { block, isLast } of readBlocks(sealed, chunkBytes + tagBytes, headerBytes)) {
    if (opener === undefined) {
      opener = openHeader(block, key, file);
      if (isLast) throw invalidBackup(file, 'it was cut short');
      continue;
    }
    yield openChunk(block, { ...opener, nonce: nonce(number, isLast) }, file);
    number += 1;
  }
}

function openHeader(header: Buffer, key: Uint8Array, file: string) {
  if (header.length < headerBytes) throw invalidBackup(file, 'it was cut short');
  const salt = header.subarray(sealedMagic.length, sealedMagic.length + saltBytes);
  const { fileKey, check } = deriveKeys(key, salt);
  if (!check.equals(header.subarray(headerBytes - checkBytes))) {
    throw new StorageError(
      'STORAGE_KEY_WRONG',
      `${file} was encrypted with another key. Give the key that it was made with.`,
      { details: { path: file } },
    );
  }
  return { fileKey, header: Buffer.from(header) };
}

function openChunk(
  chunk: Buffer,
  { fileKey, header, nonce }: { fileKey: Buffer; header: Buffer; nonce: Buffer },
  file: string,
): Buffer {
  const end = chunk.length - tagBytes;
  if (end < 0) throw invalidBackup(file, 'it was cut short');
  const decipher = createDecipheriv('aes-256-gcm', fileKey, nonce);
  decipher.setAAD(header);
  decipher.setAuthTag(chunk.subarray(end));
  try {
    return Buffer.concat([decipher.update(chunk.subarray(0, end)), decipher.final()]);
  } catch (cause) {
    throw invalidBackup(file, 'it was changed or cut short after it was made', cause);
  }
}

function deriveKeys(key: Uint8Array, salt: Uint8Array): { fileKey: Buffer; check: Buffer } {
  const derived = Buffer.from(hkdfSync('sha256', key, salt, 'coral backup 1', 32 + checkBytes));
  return { fileKey: derived.subarray(0, 32), check: derived.subarray(32) };
}

function nonce(number: number, isLast: boolean): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeBigUInt64BE(BigInt(number), 3);
  bytes[11] = isLast ? 1 : 0;
  return bytes;
}
