/** What the bundler prepared. */
export interface PreparedAnswers {
  readonly version: string;
  /** What `coral --help` prints; absent while the bundler finds out. */
  readonly help?: string | undefined;
}

/**
 * The answer to `coral --help` and `coral --version`, without loading the parser that would give
 * the same one; undefined for anything else.
 *
 * The commands a newcomer types first should cost what starting Node costs.
 */
export function quickAnswer(
  argv: readonly string[],
  { version, help }: PreparedAnswers,
): string | undefined {
  if (argv.length !== 1) return undefined;
  if (argv[0] === '--version' || argv[0] === '-V') return `${version}\n`;
  if (argv[0] === '--help' || argv[0] === '-h' || argv[0] === 'help') return help;
  return undefined;
}
