import { describe, expect, it } from '@jest/globals';
import { useCoral } from './use-coral.js';

describe('coral init', () => {
  const coral = useCoral();

  it('says so when the folder had another colony, which stays', async () => {
    const first = await coral.init();
    const again = await coral.run(['init', 'shop']);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain(
      `This folder had another colony, which stays: coral --colony ${first} status`,
    );
    const second = (await coral.run(['colony', 'current'])).stdout.trim();
    expect(second).not.toBe(first);
    expect(await coral.json(['init', 'shop'])).toMatchObject({ replaced: second });
    expect((await coral.run(['--colony', first, 'status'])).stdout).toContain(first);
  });

  it('says nothing of it in a folder of its own', async () => {
    expect(await coral.json(['init', 'shop'])).toMatchObject({ replaced: null });
    const { stdout } = await coral.run(['init', 'other'], { cwd: coral.dir.path });
    expect(stdout).not.toContain('another colony');
  });
});
