import { describe, expect, it } from '@jest/globals';
import { envOverrides, envWarnings } from './env-overrides.js';

describe('envOverrides', () => {
  it.each([
    ['CORAL_CONFIG', '/etc/coral', 'base_dir', '/etc/coral'],
    ['CORAL_COLONY_ID', 'my-shop-production', 'colony_id', 'my-shop-production'],
    ['CORAL_STORAGE_PATH', './data', 'storage.path', './data'],
    ['CORAL_MEMORY_LIMIT', '512MB', 'storage.memory_limit', '512MB'],
    ['CORAL_THREADS', '2', 'storage.threads', 2],
    ['CORAL_HOST', '::1', 'server.host', '::1'],
    ['CORAL_PORT', ' 9100 ', 'server.port', 9100],
    ['CORAL_OTLP_HTTP_PORT', '4319', 'server.otlp_http_port', 4319],
    ['CORAL_OTLP_HTTP_PORT', 'off', 'server.otlp_http_port', false],
    ['CORAL_OTLP_GRPC_PORT', '4319', 'server.otlp_grpc_port', 4319],
    ['CORAL_OTLP_GRPC_PORT', 'off', 'server.otlp_grpc_port', false],
    ['CORAL_OTLP_HTTP_PORT', '0', 'server.otlp_http_port', 0],
    ['CORAL_LOOPBACK_WITHOUT_TOKEN', 'yes', 'telemetry.loopback_without_token', true],
    ['CORAL_SELF_METRICS', '0', 'telemetry.self_metrics', false],
    ['CORAL_LOG_LEVEL', 'debug', 'log.level', 'debug'],
    ['CORAL_DISCOVERY_ENDPOINT', 'http://127.0.0.1:8080', 'discovery.endpoint', undefined],
    ['CORAL_AI_PROVIDER', 'anthropic', 'ai.provider', 'anthropic'],
  ] as const)('reads %s=%s', (variable, text, key, value) => {
    expect(envOverrides({ [variable]: text })).toEqual(
      new Map([[key, { value: value ?? text, source: { tier: 'environment', variable } }]]),
    );
  });

  it('takes an empty variable for an unset one, and ignores all others', () => {
    expect(envOverrides({ CORAL_PORT: '', CORAL_HOST: undefined, PORT: '80' })).toEqual(new Map());
  });

  it.each([
    ['CORAL_PORT', 'abc', 'CONFIG_INVALID_VALUE'],
    ['CORAL_PORT', '65536', 'CONFIG_INVALID_VALUE'],
    ['CORAL_PORT', '-1', 'CONFIG_INVALID_VALUE'],
    ['CORAL_PORT', '90.5', 'CONFIG_INVALID_VALUE'],
    ['CORAL_THREADS', '0', 'CONFIG_INVALID_VALUE'],
    ['CORAL_MEMORY_LIMIT', '512', 'CONFIG_INVALID_VALUE'],
    ['CORAL_MEMORY_LIMIT', '1KB', 'CONFIG_INVALID_VALUE'],
    ['CORAL_SELF_METRICS', 'maybe', 'CONFIG_INVALID_VALUE'],
    ['CORAL_LOG_LEVEL', 'loud', 'CONFIG_INVALID_VALUE'],
    ['CORAL_HOST', 'a b', 'CONFIG_INVALID_VALUE'],
    ['CORAL_DISCOVERY_ENDPOINT', 'ftp://x', 'CONFIG_INVALID_VALUE'],
    ['CORAL_DISCOVERY_ENDPOINT', 'http://u:p@x', 'CONFIG_INVALID_VALUE'],
    ['CORAL_STORAGE_PATH', 'a\0b', 'CONFIG_INVALID_VALUE'],
    ['CORAL_COLONY_ID', '../../x', 'CONFIG_COLONY_ID_INVALID'],
  ])('refuses %s=%s and names the variable', (variable, text, code) => {
    expect(() => envOverrides({ [variable]: text })).toThrow(
      expect.objectContaining({
        code,
        message: expect.stringContaining(variable),
        details: expect.objectContaining({ variable }),
      }),
    );
  });
});

describe('envWarnings', () => {
  it('points out a misspelt variable', () => {
    expect(envWarnings({ CORAL_STORAGEPATH: 'x', CORAL_PORTS: '1' })).toEqual([
      'CORAL_PORTS is not used. Did you mean CORAL_PORT?',
      'CORAL_STORAGEPATH is not used. Did you mean CORAL_STORAGE_PATH?',
    ]);
  });

  it('leaves known variables and those of others alone', () => {
    expect(envWarnings({ CORAL_PORT: '1', CORAL_REEF_BLEACHING: '1', PATH: '/' })).toEqual([]);
  });
});
