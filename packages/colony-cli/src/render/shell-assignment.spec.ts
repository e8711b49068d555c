import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { shellAssignment } from './shell-assignment.js';

const hostile = `it's $HOME \`id\` "\\" $(id) %20`;

describe('shellAssignment', () => {
  it('survives a POSIX shell unchanged', () => {
    const line = shellAssignment('posix', 'CORAL_X', hostile);
    const shown = execFileSync('sh', ['-c', `${line}\nprintf %s "$CORAL_X"`], { encoding: 'utf8' });
    expect(shown).toBe(hostile);
  });

  it('doubles quotes for PowerShell, and escapes them for fish', () => {
    expect(shellAssignment('powershell', 'A', "it's")).toBe("$env:A = 'it''s'");
    expect(shellAssignment('fish', 'A', "it's \\")).toBe("set -gx A 'it\\'s \\\\'");
  });
});
