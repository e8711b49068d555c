import ts from 'typescript';

/** Lists relative imports that name no file: `./a` instead of `./a.js`. */
export function importsWithoutExtension(text: string): string[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => /^\.{1,2}(\/|$)/.test(name) && !/\.(js|cjs|mjs|json)$/.test(name));
}

/** Lists the default exports of a module, each as the line that makes it. */
export function defaultExports(text: string): string[] {
  const source = ts.createSourceFile('module.ts', text, ts.ScriptTarget.Latest, false);
  return source.statements.filter(isDefaultExport).map((statement) => {
    const [line = ''] = text.slice(statement.pos, statement.end).trim().split('\n');
    return line;
  });
}

function isDefaultExport(statement: ts.Statement): boolean {
  if (ts.isExportAssignment(statement)) return true;
  if (ts.isExportDeclaration(statement)) {
    const { exportClause } = statement;
    return (
      exportClause !== undefined &&
      ts.isNamedExports(exportClause) &&
      exportClause.elements.some(({ name }) => name.text === 'default')
    );
  }
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) ?? false;
}
