import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { onTestEnd } from './cleanup.js';
import { freePort } from './free-port.js';

describe('freePort', () => {
  it('gives a port on which one can listen', async () => {
    const server = createServer().listen(await freePort(), '127.0.0.1');
    onTestEnd(() => new Promise<void>((resolve) => server.close(() => resolve())));
    await once(server, 'listening');
    expect(server.listening).toBe(true);
  });

  it('gives every caller another port', async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, freePort));
    expect(new Set(ports).size).toBe(50);
  });

  it('stays out of the range from which systems serve outgoing connections', async () => {
    const port = await freePort();
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_768);
  });
});
