const CALL =
  /\b(?:describe|it|test)(?:\.\w+)*\.(?:only|skip|todo)\b[\w.]*\s*[(`]|\b(?:fdescribe|fit|xdescribe|xit|xtest)\s*[(`]/;

/** Lists the lines that run fewer tests than the file holds. A condition (`onLinux ? it : it.skip`) is none. */
export function focusedTests(text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, index) => (CALL.test(line) ? [`${index + 1}: ${line.trim()}`] : []));
}
