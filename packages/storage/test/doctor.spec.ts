import { beforeAll, describe, expect, it } from '@jest/globals';
import { cleanEnv, spawnProcess, useTempDir } from '@coral/testkit';
import { chmod, mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import {
  diagnoseFiles,
  doctorChecks,
  type DoctorCheck,
  type DoctorOptions,
  type Finding,
} from '../src/index.js';
import { bareDuckdb } from './support/bare-duckdb.js';
import { buildProgram } from './support/build-program.js';
import { openStore } from './support/open-store.js';

const colonyId = 'my-shop-dev';

describe('the doctor', () => {
  const dir = useTempDir();
  const file = () => dir.file(`${colonyId}.duckdb`);

  /** A closed colony with some rows. */
  async function prepare(): Promise<void> {
    const database = await openStore(dir);
    await database.recordEvents(
      Array.from({ length: 100 }, (_, index) => ({
        serviceId: `s${index % 7}`,
        eventType: 'deploy',
      })),
    );
    await database.close();
  }

  async function diagnoseOpen(options?: DoctorOptions): Promise<readonly Finding[]> {
    const database = await openStore(dir);
    const findings = await database.diagnose(options);
    await database.close();
    return findings;
  }

  const of = (check: DoctorCheck, findings: readonly Finding[]) =>
    findings.find((finding) => finding.check === check);

  const stopped = (options?: DoctorOptions) =>
    diagnoseFiles({ storagePath: dir.path, colonyId }, options);

  it('finds nothing wrong with a colony that is well', async () => {
    const database = await openStore(dir);
    await mkdir(dir.file('backups'));
    await database.backup({ output: dir.file('backups', `${colonyId}-1.backup`) });
    const findings = await database.diagnose({ backupFolder: dir.file('backups') });
    expect(findings.map(({ check }) => check)).toEqual([...doctorChecks]);
    expect(findings.filter(({ severity }) => severity !== 'ok')).toEqual([]);
    expect(findings.filter(({ remedy }) => remedy !== undefined)).toEqual([]);
    expect(of('lock', findings)!.message).toContain(String(process.pid));
  });

  it('looks at the files of a stopped one without opening it', async () => {
    await prepare();
    const findings = await stopped();
    expect(findings.map(({ check }) => check)).toEqual(
      doctorChecks.slice(0, doctorChecks.indexOf('open')),
    );
    expect(of('lock', findings)).toMatchObject({ severity: 'ok' });
  });

  it('misses backups, and finds old ones', async () => {
    await prepare();
    const backupFolder = dir.file('backups');
    expect(of('backup', await stopped())).toMatchObject({ severity: 'warning' });
    expect(of('backup', await stopped({ backupFolder }))).toMatchObject({
      severity: 'warning',
      remedy: expect.stringContaining('coral colony backup'),
    });
    await mkdir(backupFolder);
    const backup = dir.file('backups', `${colonyId}-1.backup`);
    await writeFile(backup, '');
    expect(of('backup', await stopped({ backupFolder }))).toMatchObject({ severity: 'ok' });
    const threeDaysAgo = Date.now() / 1000 - 3 * 86_400;
    await utimes(backup, threeDaysAgo, threeDaysAgo);
    expect(of('backup', await stopped({ backupFolder }))).toMatchObject({ severity: 'warning' });
    const maxBackupAgeMs = 4 * 86_400_000;
    expect(of('backup', await stopped({ backupFolder, maxBackupAgeMs }))).toMatchObject({
      severity: 'ok',
    });
  });

  it('finds files that are open to others', async () => {
    await prepare();
    const secret = dir.file('colony.yaml');
    await writeFile(secret, '', { mode: 0o600 });
    const privateFiles = [secret];
    expect(of('permissions', await stopped({ privateFiles }))).toMatchObject({ severity: 'ok' });
    await chmod(secret, 0o644);
    expect(of('permissions', await stopped({ privateFiles }))).toMatchObject({
      severity: 'error',
      remedy: `chmod go-rwx '${secret}'`,
    });
    await chmod(secret, 0o600);
    await chmod(file(), 0o666);
    expect(of('permissions', await stopped({ privateFiles }))).toMatchObject({
      severity: 'error',
      remedy: `chmod o-w '${file()}'`,
    });
  });

  it('finds a stray log and an upgrade that was cut off', async () => {
    await prepare();
    await writeFile(`${file()}.wal.orphan`, 'a log');
    expect(of('log', await stopped())).toMatchObject({ severity: 'warning' });
    await writeFile(`${file()}.upgrading`, '{}');
    expect(of('upgrade', await stopped())).toMatchObject({
      severity: 'warning',
      remedy: 'coral colony migrate --apply',
    });
  });

  it('finds what others did to the schema', async () => {
    await prepare();
    await bareDuckdb(file(), 'CREATE TABLE notes (text TEXT)');
    expect(of('schema', await diagnoseOpen())).toMatchObject({
      severity: 'warning',
      message: expect.stringContaining('notes.text'),
    });
    await bareDuckdb(file(), 'DROP TABLE notes', 'DROP TABLE dirty_windows');
    await bareDuckdb(file(), 'CREATE TABLE dirty_windows (window_start DATE PRIMARY KEY)');
    expect(of('schema', await diagnoseOpen())).toMatchObject({
      severity: 'error',
      message: expect.stringContaining('dirty_windows.window_start (changed)'),
    });
  });

  it('finds an index that is gone, and makes it anew while the colony runs', async () => {
    await prepare();
    await bareDuckdb(file(), 'DROP INDEX idx_events_type');
    const database = await openStore(dir);
    const findings = await database.diagnose();
    expect([of('schema', findings), of('indexes', findings)]).toMatchObject([
      { severity: 'error', remedy: 'coral doctor --repair' },
      { severity: 'error', remedy: 'coral doctor --repair' },
    ]);
    expect(await database.repairIndexes()).toEqual({ repaired: ['idx_events_type'] });
    const after = await database.diagnose();
    expect([of('schema', after), of('indexes', after)]).toMatchObject([
      { severity: 'ok' },
      { severity: 'ok' },
    ]);
    expect(await database.repairIndexes()).toEqual({ repaired: [] });
  });

  it('finds a clock that was set back', async () => {
    await prepare();
    const earlier = await openStore(dir, { now: () => Date.now() - 3_600_000 });
    expect(of('clock', await earlier.diagnose())).toMatchObject({
      severity: 'warning',
      message: expect.stringMatching(/(59|60) minutes ahead/),
    });
    await earlier.close();
    expect(of('clock', await diagnoseOpen())).toMatchObject({ severity: 'ok' });
  });

  describe('after a kill', () => {
    let writer: string;
    let bareOpener: string;
    beforeAll(async () => {
      writer = await buildProgram('event-writer');
      bareOpener = await buildProgram('bare-opener');
    });

    async function killWhileWriting(): Promise<number> {
      const child = await spawnProcess({
        command: process.execPath,
        args: [writer, dir.path, colonyId, '200'],
        env: cleanEnv({ home: dir.path }),
      });
      await child.waitForOutput(/written/, { timeoutMs: 60_000 });
      await child.kill9();
      return child.pid;
    }

    it('finds the lock and the log that were left', async () => {
      const pid = await killWhileWriting();
      const findings = await stopped();
      expect(of('lock', findings)).toMatchObject({
        severity: 'warning',
        message: expect.stringContaining(String(pid)),
        remedy: 'coral colony start',
      });
      expect(of('log', findings)).toMatchObject({ severity: 'warning' });
    });

    it('finds and mends an index that lost rows to a stock tool, though the lock is gone', async () => {
      await killWhileWriting();
      const child = await spawnProcess({
        command: process.execPath,
        args: [bareOpener, file()],
        env: cleanEnv({ home: dir.path }),
      });
      await child.waitForExit();
      await rm(`${file()}.lock`);
      const database = await openStore(dir);
      expect(database.recovery.clean).toBe(true);
      expect(of('indexes', await database.diagnose())).toMatchObject({
        severity: 'error',
        message: expect.stringContaining('idx_events_service_id'),
      });
      expect((await database.repairIndexes()).repaired).toContain('idx_events_service_id');
      expect(of('indexes', await database.diagnose())).toMatchObject({ severity: 'ok' });
      expect(await database.getRecentEvents('service-3', 1000)).toHaveLength(50);
    });
  });
});
