import { beforeAll, describe, expect, it } from '@jest/globals';
import { spawnProcess } from '@coral/testkit';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expectNone } from '../src/expect-none.js';
import { documentedCommands, type DocumentedCommand } from '../src/rules/documented-commands.js';
import { readManifest, workspaceFiles, workspaceRoot } from '../src/workspace-files.js';

/** Targets by project, as Nx sees them. */
type Targets = ReadonlyMap<string, ReadonlySet<string>>;

const documents = workspaceFiles.filter(
  ({ path }) => /^[^/]+\.md$|^docs\/.*\.md$|\/README\.md$/.test(path) && !path.endsWith('.api.md'),
);

describe('commands in documents', () => {
  let targets: Targets;

  beforeAll(async () => {
    targets = await readTargets();
  });

  it('are found', () => {
    const contributing = documents.find(({ path }) => path === 'CONTRIBUTING.md')!;
    const kinds = documentedCommands(contributing.text()).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['script', 'target', 'generator', 'builtin']));
  });

  it('exist', () => {
    expectNone(
      documents.flatMap(({ path, text }) =>
        documentedCommands(text())
          .filter((command) => !exists(command, path, targets))
          .map((command) => `${path}: ${command.text}`),
      ),
      'The first command a newcomer copies must work; these name no script, target or generator:',
    );
  });
});

function exists(command: DocumentedCommand, document: string, targets: Targets): boolean {
  switch (command.kind) {
    case 'script':
      return command.name in { ...scriptsOf('.'), ...scriptsOf(dirname(document)) };
    case 'target': {
      const { project, name } = command;
      if (project !== undefined) return targets.get(project)?.has(name) ?? false;
      return [...targets.values()].some((names) => names.has(name));
    }
    case 'generator':
      return generators().includes(command.name);
    case 'builtin':
      return true;
  }
}

function scriptsOf(folder: string): Readonly<Record<string, string>> {
  const hasManifest = existsSync(join(workspaceRoot, folder, 'package.json'));
  return (hasManifest && readManifest(folder).scripts) || {};
}

function generators(): string[] {
  const file = workspaceFiles.find(({ path }) => path === 'tools/generators/generators.json')!;
  const collection = readManifest('tools/generators').name;
  const content = JSON.parse(file.text()) as { generators: Record<string, unknown> };
  return Object.keys(content.generators).map((name) => `${collection}:${name}`);
}

async function readTargets(): Promise<Targets> {
  const nx = await spawnProcess({
    command: process.execPath,
    args: ['node_modules/nx/dist/bin/nx.js', 'graph', '--print'],
    cwd: workspaceRoot,
    env: { ...process.env, NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: 'false' },
  });
  const exit = await nx.waitForExit({ timeoutMs: 60_000 });
  if (exit.code !== 0) throw new Error(`nx graph failed:\n${nx.output}`);
  const { graph } = JSON.parse(nx.stdout) as {
    graph: { nodes: Record<string, { data: { targets: Record<string, unknown> } }> };
  };
  return new Map(
    Object.entries(graph.nodes).map(([name, { data }]) => [
      name,
      new Set(Object.keys(data.targets)),
    ]),
  );
}
