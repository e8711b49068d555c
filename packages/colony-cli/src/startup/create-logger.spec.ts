import { describe, expect, it } from '@jest/globals';
import { memoryIo } from '../../test/memory-io.js';
import type { LoggerOptions } from './create-logger.js';
import { createLogger } from './create-logger.js';

async function logged(
  options: Partial<LoggerOptions>,
  use: (logger: Awaited<ReturnType<typeof createLogger>>) => void,
): Promise<string> {
  const io = memoryIo({ cwd: '/', homeDir: '/' });
  const logger = await createLogger({
    level: 'info',
    format: 'json',
    colors: false,
    stream: io.stderr,
    ...options,
  });
  use(logger);
  return io.written.stderr;
}

describe('createLogger', () => {
  it('writes one JSON object a line, before the call returns', async () => {
    const text = await logged({}, (logger) => logger.info({ path: '/a' }, 'database initialized'));
    expect(JSON.parse(text)).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      path: '/a',
      msg: 'database initialized',
    });
  });

  it('writes for people on a terminal', async () => {
    const text = await logged({ format: 'pretty' }, (logger) =>
      logger.info({ path: '/a' }, 'database initialized'),
    );
    expect(text).toMatch(/INFO: database initialized {"path":"\/a"}\n$/);
  });

  it('leaves out what is below its level', async () => {
    const text = await logged({ level: 'warn' }, (logger) => {
      logger.info({}, 'quiet');
      logger.warn({}, 'loud');
    });
    expect(text).toContain('loud');
    expect(text).not.toContain('quiet');
  });

  it.each(['json', 'pretty'] as const)('never writes a secret as %s', async (format) => {
    const text = await logged({ format }, (logger) =>
      logger.info(
        {
          token: 'hunter2',
          headers: { authorization: 'Bearer hunter2' },
          config: { colony_secret: 'hunter2', colonySecret: 'hunter2' },
        },
        'configured',
      ),
    );
    expect(text).not.toContain('hunter2');
    expect(text).toContain('[redacted]');
  });
});
