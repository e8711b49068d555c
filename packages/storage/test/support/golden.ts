import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { packageDirectory } from './build-program.js';

const directory = path.join(packageDirectory, 'test/golden');

/** Schema versions that a golden file stands for, in order. */
export async function goldenVersions(): Promise<number[]> {
  const names = await readdir(directory);
  return names
    .flatMap((name) => /^schema-(\d+)\.duckdb\.gz$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** Puts a fresh copy of a golden file into the directory. @returns its path */
export async function unpackGolden(
  version: number,
  to: string,
  colonyId = 'golden-dev',
): Promise<string> {
  const file = path.join(to, `${colonyId}.duckdb`);
  const packed = await readFile(path.join(directory, `schema-${version}.duckdb.gz`));
  await writeFile(file, gunzipSync(packed));
  return file;
}
