/**
 * Fails with every violation and the reason for the rule, so that nobody has to look it up.
 *
 * @param violations one line each, beginning with where it is
 */
export function expectNone(violations: readonly string[], why: string): void {
  if (violations.length === 0) return;
  throw new Error(`${why}\n${violations.map((line) => `  ${line}`).join('\n')}`);
}
