import { describe, expect, it } from '@jest/globals';
import { useConfigHome } from '../test/config-home.js';
import { listColonies } from './list-colonies.js';

describe('listColonies', () => {
  const home = useConfigHome();
  const list = () => listColonies({ baseDir: home.baseDir });

  it('is empty where there is no base directory yet', async () => {
    expect(await list()).toEqual([]);
  });

  it('lists colonies by id, also those whose file is broken', async () => {
    const b = await home.writeColony('b-dev-000002', 'broken: [');
    const a = await home.writeColony('a-dev-000001');
    expect(await list()).toEqual([
      { colonyId: 'a-dev-000001', file: a },
      { colonyId: 'b-dev-000002', file: b },
    ]);
  });

  it('leaves out what is no colony', async () => {
    await home.writeColony('a-dev-000001');
    await home.writeColony('.a-dev-000001.yaml.1234.tmp');
    await home.writeColony('CON');
    await home.write(home.file('home', '.coral', 'colonies', 'notes.txt'), '');
    expect((await list()).map(({ colonyId }) => colonyId)).toEqual(['a-dev-000001']);
  });

  it('says so when the directory is a file', async () => {
    await home.write(home.file('home', '.coral', 'colonies'), '');
    await expect(list()).rejects.toMatchObject({ code: 'CONFIG_UNREADABLE' });
  });
});
