import ts from 'typescript';

/**
 * Lists the codes a source file declares as its package's error codes: the strings of a type
 * named `…ErrorCode`, or of a constant named `…ErrorCodes` or `…_ERROR_CODES`.
 */
export function declaredErrorCodes(text: string): string[] {
  const source = ts.createSourceFile('module.ts', text, ts.ScriptTarget.Latest, true);
  return source.statements.flatMap((statement) => {
    if (ts.isTypeAliasDeclaration(statement)) {
      return /ErrorCode$/.test(statement.name.text) ? strings(statement) : [];
    }
    if (!ts.isVariableStatement(statement)) return [];
    return statement.declarationList.declarations
      .filter(({ name }) => /(ErrorCodes|ERROR_CODES)$/.test(name.getText()))
      .flatMap(strings);
  });
}

/** Lists the codes that have a row in a Markdown table: its first cell, in backticks. */
export function documentedErrorCodes(markdown: string): string[] {
  return [...markdown.matchAll(/^\|\s*`([A-Z][A-Z0-9_]+)`\s*\|/gm)].map(([, code]) => code!);
}

function strings(node: ts.Node): string[] {
  const own = ts.isStringLiteral(node) && /^[A-Z][A-Z0-9_]+$/.test(node.text) ? [node.text] : [];
  const below: string[] = [];
  node.forEachChild((child) => {
    below.push(...strings(child));
  });
  return [...own, ...below];
}
