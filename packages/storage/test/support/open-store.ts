import { onTestEnd, type TempDir } from '@coral/testkit';
import { openDatabase, type Database, type OpenDatabaseOptions } from '../../src/index.js';

/** Opens a database for one test, or in `beforeAll` for a file, and closes it before its directory goes. */
export async function openStore(
  dir: TempDir,
  options: Partial<OpenDatabaseOptions> = {},
): Promise<Database> {
  const database = await openDatabase({
    storagePath: dir.path,
    colonyId: 'my-shop-dev',
    ...options,
  });
  onTestEnd(() => database.close());
  return database;
}
