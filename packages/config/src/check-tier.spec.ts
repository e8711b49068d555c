import { describe, expect, it } from '@jest/globals';
import { checkTier } from './check-tier.js';
import type { FileTier } from './setting-source.js';
import { parseYaml } from './yaml-source.js';

const check = (tier: FileTier, text: string) =>
  checkTier(parseYaml(text, { file: 'f.yaml', secret: tier === 'colony' }), tier);

describe('checkTier', () => {
  it('accepts every key that belongs to a project', () => {
    const document = check(
      'project',
      'colony_id: my-shop\nstorage: { path: x, memory_limit: 512MB, threads: 2 }\n' +
        'server: { host: localhost, port: 0, otlp_http_port: false, otlp_grpc_port: false }\n' +
        'telemetry: { self_metrics: false, loopback_without_token: true }\n',
    );
    expect(document.storage?.memory_limit).toBe('512MB');
  });

  it('accepts a section whose keys are all commented out', () => {
    expect(check('project', 'storage:\n  # path: x\n')).toEqual({ storage: null });
  });

  it.each([
    ['project', 'colony_idd: a\n', 1, 1, 'colony_idd', 'colony_id'],
    ['project', 'colony_id: a\nstorage:\n  pth: x\n', 3, 3, 'storage.pth', 'storage.path'],
    ['project', 'colony_id: a\nstorag:\n  path: x\n', 2, 1, 'storag', 'storage'],
    ['project', 'storage_path: x\n', 1, 1, 'storage_path', 'storage.path'],
    ['project', 'port: 9000\n', 1, 1, 'port', 'server.port'],
    ['global', 'defaultColony: a\n', 1, 1, 'defaultColony', 'default_colony'],
    ['project', 'server:\n  otlp_port: 1\n', 2, 3, 'server.otlp_port', undefined],
    ['project', 'kitchen: 1\n', 1, 1, 'kitchen', undefined],
    ['project', '__proto__: { a: 1 }\n', 1, 1, '__proto__', undefined],
    ['project', 'constructor: 1\n', 1, 1, 'constructor', undefined],
    ['project', '<<: { port: 1 }\n', 1, 1, '<<', undefined],
  ] as const)('%s: reports %j with its place', (tier, text, line, column, key, suggestion) => {
    expect(() => check(tier, text)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_UNKNOWN_KEY',
        message: expect.stringContaining(`f.yaml:${line}:${column}: unknown key`),
        details: expect.objectContaining({
          file: 'f.yaml',
          line,
          column,
          key,
          ...(suggestion === undefined ? {} : { suggestion }),
        }),
      }),
    );
    if (suggestion !== undefined) {
      expect(() => check(tier, text)).toThrow(`did you mean "${suggestion}"?`);
    }
  });

  it.each([
    ['project', 'default_colony: a\n', '~/.coral/config.yaml'],
    ['project', 'colony_secret: abc\n', 'colonies'],
    ['global', 'wireguard: { private_key: x }\n', 'colonies'],
    ['global', 'colony_id: a\n', "project's"],
  ] as const)('%s: says where %j belongs', (tier, text, where) => {
    expect(() => check(tier, text)).toThrow(where);
    expect(() => check(tier, text)).toThrow(
      expect.objectContaining({ code: 'CONFIG_UNKNOWN_KEY' }),
    );
  });

  it.each([
    ['storage: x\n', 'storage', 1, 10],
    ['storage: [x]\n', 'storage', 1, 10],
    ['storage:\n  path: 5\n', 'storage.path', 2, 9],
    ['storage:\n  path:\n', 'storage.path', 2, 3],
    ['storage:\n  path: ""\n', 'storage.path', 2, 9],
    ['storage:\n  threads: many\n', 'storage.threads', 2, 12],
    ['storage:\n  threads: 1.5\n', 'storage.threads', 2, 12],
    ['storage:\n  memory_limit: 512\n', 'storage.memory_limit', 2, 17],
    ['storage:\n  memory_limit: 80%\n', 'storage.memory_limit', 2, 17],
    ['storage:\n  memory_limit: 31MiB\n', 'storage.memory_limit', 2, 17],
    ['server:\n  port: "9000"\n', 'server.port', 2, 9],
    ['server:\n  port: 65536\n', 'server.port', 2, 9],
    ['server:\n  otlp_http_port: true\n', 'server.otlp_http_port', 2, 19],
    ['server:\n  host: http://x\n', 'server.host', 2, 9],
    ['telemetry:\n  self_metrics: yes please\n', 'telemetry.self_metrics', 2, 17],
    ['log:\n  level: verbose\n', 'log.level', 2, 10],
    ['ai:\n  provider: [a]\n', 'ai.provider', 2, 13],
  ])('reports the wrong value in %j with its place', (text, key, line, column) => {
    expect(() => check('project', text)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID_VALUE',
        message: expect.stringContaining(`f.yaml:${line}:${column}: ${key} must`),
        details: expect.objectContaining({ key, line, column }),
      }),
    );
  });

  it('takes limits as part of what is allowed', () => {
    expect(() => check('project', 'server: { port: 65535, otlp_http_port: 0 }\n')).not.toThrow();
    expect(() =>
      check('project', 'storage: { memory_limit: 32MiB, threads: 1024 }\n'),
    ).not.toThrow();
  });

  it('refuses a hostile colony id with the code for ids', () => {
    expect(() => check('global', 'default_colony: ../../x\n')).toThrow(
      expect.objectContaining({ code: 'CONFIG_COLONY_ID_INVALID' }),
    );
  });

  it.each(['just text\n', '- a\n- b\n', '42\n'])('refuses %j, which holds no keys', (text) => {
    expect(() => check('project', text)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID_VALUE' }),
    );
  });

  it('reports everything wrong with a file at once, by line', () => {
    expect(() => check('project', 'zzz: 1\nserver:\n  port: x\ncolony_idd: a\n')).toThrow(
      expect.objectContaining({
        code: 'CONFIG_UNKNOWN_KEY',
        details: expect.objectContaining({
          problems: [
            expect.objectContaining({ key: 'zzz', line: 1 }),
            expect.objectContaining({ key: 'server.port', line: 3 }),
            expect.objectContaining({ key: 'colony_idd', line: 4 }),
          ],
        }),
      }),
    );
  });

  it.each([
    'colony_secret: hunter2\n',
    'colony_secret: [ hunter2 ]\n',
    'colony_secret: 7\nwireguard: { private_key: hunter2 }\n',
    'wireguard: { private_key: { hunter2: 1 } }\n',
  ])('never repeats the secret of %j', (text) => {
    try {
      check('colony', text);
    } catch (error) {
      expect(String(error)).toContain('must be');
      expect(
        JSON.stringify([String(error), (error as { details: unknown }).details]),
      ).not.toContain('hunter2');
      return;
    }
    throw new Error('was accepted');
  });

  it('asks for the secret that every colony needs', () => {
    expect(() => check('colony', 'storage_path: .coral\n')).toThrow('colony_secret is missing');
  });
});
