import { describe, expect, it } from '@jest/globals';
import { spawnProcess } from '@coral/testkit';
import { coralPath, useCoral } from './use-coral.js';

describe('coral completions', () => {
  const coral = useCoral();

  /** What is offered in place of the last word. */
  async function offered(...words: string[]): Promise<string[]> {
    const { code, stdout } = await coral.run(['complete', '--', ...words]);
    expect(code).toBe(0);
    return stdout
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith(':'))
      .map((line) => line.split('\t')[0]!);
  }

  it.each(['bash', 'zsh', 'fish', 'powershell'])('prints a script for %s', async (shell) => {
    const { code, stdout } = await coral.run(['completions', shell]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/coral complete '?--/);
  });

  it('refuses a shell it does not know', async () => {
    expect((await coral.run(['completions', 'tcsh'])).code).toBe(2);
  });

  it('offers commands, options, choices and colonies', async () => {
    const id = await coral.init();
    await expect(offered('')).resolves.toEqual(expect.arrayContaining(['init', 'colony', 'sql']));
    await expect(offered('')).resolves.not.toContain('complete');
    await expect(offered('colony', 'st')).resolves.toEqual(['start', 'stop', 'status']);
    await expect(offered('services', '--st')).resolves.toEqual(['--status']);
    await expect(offered('services', '--status', '')).resolves.toEqual([
      'running',
      'stopped',
      'error',
    ]);
    await expect(offered('colony', 'stop', '')).resolves.toEqual([id]);
    await expect(offered('services', '--colony', '')).resolves.toEqual([id]);
  });

  it('works in a real bash', async () => {
    await coral.init();
    const script = [
      `coral() { "${process.execPath}" "${coralPath}" "$@"; }`,
      'source <(coral completions bash)',
      // Of the bash-completion package, which the script needs; reduced to what it asks of it.
      '_get_comp_words_by_ref() { words=("${COMP_WORDS[@]}"); cword=$COMP_CWORD; cur=${words[cword]}; }',
      'COMP_WORDS=(coral colony sto); COMP_CWORD=2',
      '$(complete -p coral | sed -n "s/.*-F \\([^ ]*\\).*/\\1/p")',
      'printf "%s\\n" "${COMPREPLY[@]}"',
    ];
    const child = await spawnProcess({
      command: 'bash',
      args: ['-c', script.join('\n')],
      cwd: coral.project,
      env: coral.env(),
    });
    await child.waitForExit();
    expect(child.stdout).toBe('stop\n');
  });
});
