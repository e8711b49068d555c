import { describe, expect, it } from '@jest/globals';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { useConfigHome } from '../test/config-home.js';
import { findProject, isBaseDirectoryParent } from './find-project.js';

describe('findProject', () => {
  const home = useConfigHome();
  const find = (cwd: string, baseDir = home.baseDir) =>
    findProject({ cwd, baseDir, homeDir: home.homeDir });

  it('finds the project of a directory inside it', async () => {
    await home.writeProject('colony_id: a\n');
    const deep = home.file('project', 'src', 'deep');
    await mkdir(deep, { recursive: true });
    expect(await find(home.projectDir)).toBe(home.projectDir);
    expect(await find(deep)).toBe(home.projectDir);
  });

  it('takes the nearest of nested projects', async () => {
    await home.writeProject('colony_id: a\n');
    await home.write(home.file('project', 'inner', '.coral', 'config.yaml'), 'colony_id: b\n');
    expect(await find(home.file('project', 'inner'))).toBe(home.file('project', 'inner'));
  });

  it('passes over a .coral without a configuration', async () => {
    await home.writeProject('colony_id: a\n');
    await mkdir(home.file('project', 'inner', '.coral'), { recursive: true });
    expect(await find(home.file('project', 'inner'))).toBe(home.projectDir);
  });

  it('passes over a file named .coral', async () => {
    await home.write(home.file('project', '.coral'), '');
    expect(await find(home.projectDir)).toBeUndefined();
  });

  it('does not take the home directory for a project', async () => {
    await home.writeGlobal('');
    await mkdir(home.file('home', 'work'), { recursive: true });
    expect(await find(home.file('home', 'work'))).toBeUndefined();
    expect(await find(home.homeDir)).toBeUndefined();
    expect(await find(home.baseDir)).toBeUndefined();
  });

  it('does not do so either when the base directory is elsewhere', async () => {
    await home.writeGlobal('');
    expect(await find(home.homeDir, home.file('elsewhere'))).toBeUndefined();
  });

  it('does not take a base directory for a project that is reached through a link', async () => {
    await home.writeGlobal('');
    await symlink(home.homeDir, home.file('link'));
    expect(await find(home.file('link'), home.file('link', '.coral'))).toBeUndefined();
  });

  it('does not take another base directory for a project', async () => {
    const file = await home.write(home.file('opt', '.coral', 'config.yaml'), '');
    await writeFile(file, '');
    expect(await find(home.file('opt'), home.file('opt', '.coral'))).toBeUndefined();
  });
});

describe('isBaseDirectoryParent', () => {
  const home = useConfigHome();

  it('is true of the home directory alone', async () => {
    const options = { baseDir: home.baseDir, homeDir: home.homeDir };
    expect(await isBaseDirectoryParent(home.homeDir, options)).toBe(true);
    expect(await isBaseDirectoryParent(home.projectDir, options)).toBe(false);
  });
});
