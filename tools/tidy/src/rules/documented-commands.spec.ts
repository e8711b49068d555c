import { describe, expect, it } from '@jest/globals';
import { documentedCommands } from './documented-commands.js';

const found = (text: string): unknown[] =>
  documentedCommands(text).map(({ text: _text, ...command }) => command);

describe('documentedCommands', () => {
  it('reads npm scripts', () => {
    expect(found('`npm ci && npm test`, then npm run api:update.')).toEqual([
      { kind: 'script', name: 'test' },
      { kind: 'script', name: 'api:update' },
    ]);
  });

  it.each([
    ['npx nx run colony-cli:start', { kind: 'target', name: 'start', project: 'colony-cli' }],
    ['npx nx test storage  # quick', { kind: 'target', name: 'test', project: 'storage' }],
    [
      'npx nx g @coral/workspace:package a',
      { kind: 'generator', name: '@coral/workspace:package' },
    ],
    ['npx nx test', { kind: 'target', name: 'test', project: '' }],
    ['npx nx affected -t test', { kind: 'target', name: 'test' }],
    ['npx nx run-many -t=test -p=a', { kind: 'target', name: 'test', project: 'a' }],
    ['npx nx show projects', { kind: 'builtin', name: 'show' }],
    ['npx nx graph', { kind: 'builtin', name: 'graph' }],
    ['`npx nx sync:check`', { kind: 'builtin', name: 'sync:check' }],
  ])('reads %s', (text, command) => {
    expect(found(`Run ${text}\nand go on.`)).toEqual([command]);
  });

  it('reads several targets and projects', () => {
    expect(found('npx nx run-many -t lint test -p storage config')).toEqual([
      { kind: 'target', name: 'lint', project: 'storage' },
      { kind: 'target', name: 'lint', project: 'config' },
      { kind: 'target', name: 'test', project: 'storage' },
      { kind: 'target', name: 'test', project: 'config' },
    ]);
  });
});
