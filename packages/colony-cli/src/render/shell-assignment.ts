/** Shells whose syntax can be printed; `posix` is sh, bash, zsh and alike. */
export type Shell = 'posix' | 'fish' | 'powershell';

/**
 * A line that exports a variable, quoted so that a shell takes the value as it is.
 *
 * @example
 * shellAssignment('posix', 'A', "it's"); // export A='it'\''s'
 */
export function shellAssignment(shell: Shell, name: string, value: string): string {
  switch (shell) {
    case 'posix':
      return `export ${name}='${value.replaceAll("'", `'\\''`)}'`;
    case 'fish':
      return `set -gx ${name} '${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
    case 'powershell':
      return `$env:${name} = '${value.replaceAll("'", "''")}'`;
  }
}
