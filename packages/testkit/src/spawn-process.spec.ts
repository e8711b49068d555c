import { describe, expect, it } from '@jest/globals';
import { onTestEnd } from './cleanup.js';
import { eventually } from './eventually.js';
import { isProcessRunning } from './is-process-running.js';
import { spawnProcess, type ProcessHarness, type SpawnProcessOptions } from './spawn-process.js';
import { useTempDir } from './temp-dir.js';

/** A real Node process that runs `script`. */
function node(script: string, options: Partial<SpawnProcessOptions> = {}): Promise<ProcessHarness> {
  return spawnProcess({ command: process.execPath, args: ['-e', script], ...options });
}

const RUN_FOREVER = 'setInterval(() => {}, 1000); console.log("ready", process.pid);';

describe('spawnProcess', () => {
  it('collects both outputs as text and gives the exit code', async () => {
    const child = await node('console.log("grüße"); console.error("oh"); process.exitCode = 3;');
    expect(await child.waitForExit()).toEqual({ code: 3, signal: null });
    expect(child.stdout).toBe('grüße\n');
    expect(child.stderr).toBe('oh\n');
    expect(child.output).toHaveLength('grüße\noh\n'.length);
    expect(child.exit).toEqual({ code: 3, signal: null });
  });

  it('rejects with the code of the system when the program does not exist', async () => {
    await expect(spawnProcess({ command: 'no-such-program-here' })).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });

  it('passes arguments, environment and working directory', async () => {
    const dir = useTempDir();
    const child = await node('console.log(process.env.WORD, process.cwd(), process.argv[1])', {
      args: ['-e', 'console.log(process.env.WORD, process.cwd(), process.argv[1])', 'last'],
      env: { WORD: 'hello' },
      cwd: dir.path,
    });
    await child.waitForExit();
    expect(child.stdout).toBe(`hello ${dir.path} last\n`);
  });

  it('reads plain text also under a task runner that asks for colours', async () => {
    process.env['FORCE_COLOR'] = 'true';
    onTestEnd(() => delete process.env['FORCE_COLOR']);
    const child = await node('console.log(42)');
    await child.waitForExit();
    expect(child.stdout).toBe('42\n');
  });

  it('feeds standard input, and ends it when there is none', async () => {
    const echo = 'process.stdin.pipe(process.stdout)';
    const fed = await node(echo, { input: 'SELECT 1' });
    const empty = await node(echo);
    const open = await node(echo, { keepInputOpen: true });
    open.write('one\n');
    await open.waitForOutput(/one/);
    open.endInput();
    for (const child of [fed, empty, open]) {
      expect(await child.waitForExit()).toEqual({ code: 0, signal: null });
    }
    expect([fed.stdout, empty.stdout, open.stdout]).toEqual(['SELECT 1', '', 'one\n']);
  });

  describe('waitForOutput', () => {
    it('gives the match, also when it had been written before', async () => {
      const child = await node(RUN_FOREVER);
      const [, pid] = await child.waitForOutput(/ready (\d+)/g);
      expect(Number(pid)).toBe(child.pid);
      expect((await child.waitForOutput(/ready (\d+)/g))[1]).toBe(pid);
    });

    it('takes a function, one of the streams, and a place to start from', async () => {
      const child = await node(`${RUN_FOREVER} console.error('{"port":9000}');`);
      const port = await child.waitForOutput(
        (text) => (text.includes('}') ? (JSON.parse(text) as { port: number }).port : undefined),
        { stream: 'stderr' },
      );
      expect(port).toBe(9000);
      await child.waitForOutput(/ready/, { stream: 'stdout' });
      await expect(
        child.waitForOutput(/ready/, { from: child.output.length, timeoutMs: 20 }),
      ).rejects.toThrow('within 20 ms');
    });

    it('rejects at once when the process ends first, and shows what it wrote', async () => {
      const child = await node('console.error("no such file"); process.exitCode = 1;');
      await expect(child.waitForOutput(/ready/)).rejects.toThrow(
        /ended with code 1 before the output \/ready\/.*no such file/s,
      );
    });

    it('passes on what the function throws', async () => {
      const child = await node(RUN_FOREVER);
      const found = child.waitForOutput((text) => JSON.parse(text || 'ready') as unknown);
      await expect(found).rejects.toThrow(SyntaxError);
    });
  });

  describe('ending a process', () => {
    it('kills with a signal that cannot be caught', async () => {
      const child = await node(`process.on('SIGTERM', () => {}); ${RUN_FOREVER}`);
      await child.waitForOutput(/ready/);
      expect(await child.kill9()).toEqual({ code: null, signal: 'SIGKILL' });
      expect(isProcessRunning(child.pid)).toBe(false);
      expect(child.signal('SIGTERM')).toBe(false);
    });

    it('terminates in order, with what the process writes last', async () => {
      const child = await node(
        `process.on('SIGTERM', () => { console.log('closed'); process.exit(0); }); ${RUN_FOREVER}`,
      );
      await child.waitForOutput(/ready/);
      expect(await child.terminate()).toEqual({ code: 0, signal: null });
      expect(child.stdout).toMatch(/closed\n$/);
    });

    it('says so when a process does not heed SIGTERM', async () => {
      const child = await node(`process.on('SIGTERM', () => {}); ${RUN_FOREVER}`);
      await child.waitForOutput(/ready/);
      await expect(child.terminate({ timeoutMs: 50 })).rejects.toThrow('its end within 50 ms');
      expect(isProcessRunning(child.pid)).toBe(true);
    });

    it('may be killed twice', async () => {
      const child = await node(RUN_FOREVER);
      expect(await child.kill9()).toEqual(await child.kill9());
    });

    it('reaches the whole group of a wrapper', async () => {
      const wrapper = await node(
        `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(RUN_FOREVER)}], { stdio: 'inherit' }); setInterval(() => {}, 1000);`,
        { group: true },
      );
      const [, pid] = await wrapper.waitForOutput(/ready (\d+)/);
      await wrapper.kill9();
      await eventually(() => !isProcessRunning(Number(pid)));
    });
  });

  describe('cleaning up', () => {
    let leftRunning: ProcessHarness;

    it('lets a test leave a process running', async () => {
      leftRunning = await node(RUN_FOREVER);
      await leftRunning.waitForOutput(/ready/);
      expect(isProcessRunning(leftRunning.pid)).toBe(true);
    });

    it('has killed it when the next test starts', () => {
      expect(isProcessRunning(leftRunning.pid)).toBe(false);
      expect(leftRunning.exit).toEqual({ code: null, signal: 'SIGKILL' });
    });

    it('kills at the end of an await using block', async () => {
      let pid: number;
      {
        await using child = await node(RUN_FOREVER);
        pid = child.pid;
      }
      expect(isProcessRunning(pid)).toBe(false);
    });
  });
});
