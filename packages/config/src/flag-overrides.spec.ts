import { describe, expect, it } from '@jest/globals';
import { flagOverrides } from './flag-overrides.js';

describe('flagOverrides', () => {
  it('reads values as an argument parser gives them', () => {
    const layer = flagOverrides({ port: '9100', selfMetrics: false, storagePath: 'data' });
    expect([...layer].map(([key, { value, source }]) => [key, value, source])).toEqual([
      ['storage.path', 'data', { tier: 'flag', flag: '--storage-path' }],
      ['server.port', 9100, { tier: 'flag', flag: '--port' }],
      ['telemetry.self_metrics', false, { tier: 'flag', flag: '--self-metrics' }],
    ]);
  });

  it('leaves out what was not given, and what is no setting', () => {
    expect(flagOverrides({ port: undefined, ...{ detach: true } })).toEqual(new Map());
  });

  it.each([
    [{ port: 'x' }, '--port', 'CONFIG_INVALID_VALUE'],
    [{ port: 1.5 }, '--port', 'CONFIG_INVALID_VALUE'],
    [{ storagePath: '' }, '--storage-path', 'CONFIG_INVALID_VALUE'],
    [{ otlpHttpPort: true }, '--otlp-http-port', 'CONFIG_INVALID_VALUE'],
    [{ otlpGrpcPort: true }, '--otlp-grpc-port', 'CONFIG_INVALID_VALUE'],
    [{ colony: 'CON' }, '--colony', 'CONFIG_COLONY_ID_INVALID'],
  ])('refuses %j and names the flag', (flags, flag, code) => {
    expect(() => flagOverrides(flags)).toThrow(
      expect.objectContaining({ code, details: expect.objectContaining({ flag }) }),
    );
  });
});
