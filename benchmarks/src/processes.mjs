import { cleanEnv, createTempDir, freePort } from '@coral/testkit';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The bundled command. */
export const coral = fileURLToPath(
  new URL('../../packages/colony-cli/dist/bin/coral.js', import.meta.url),
);

/**
 * Runs node to its end.
 *
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {number} how long it took, ms
 */
export function timeToExit(args, env = process.env) {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  const took = performance.now() - startedAt;
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  return took;
}

/**
 * Starts node and waits until it says a word.
 *
 * @param {readonly string[]} args
 * @param {string} word
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 */
export async function startUntil(args, word, options = {}) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const readyMs = await new Promise((resolve, reject) => {
    const listen = (/** @type {Buffer} */ chunk) => {
      output += chunk.toString();
      if (output.includes(word)) resolve(performance.now() - startedAt);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', (code) =>
      reject(new Error(`${args.join(' ')} ended with ${code}: ${output}`)),
    );
  });
  return {
    readyMs,
    pid: /** @type {number} */ (child.pid),
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Resident memory of a process now, bytes. Linux. @param {number} pid */
export function residentBytes(pid) {
  const [, kilobytes] =
    /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

/** A colony with a home of its own. */
export async function prepareColony() {
  const home = await createTempDir({ prefix: 'coral-bench-' });
  const cwd = path.join(home.path, 'project');
  await mkdir(cwd);
  const env = cleanEnv({ home: home.path });
  const created = spawnSync(process.execPath, [coral, 'init', 'bench', '--json'], {
    env,
    cwd,
    encoding: 'utf8',
  });
  if (created.status !== 0) throw new Error(`coral init: ${created.stderr}`);
  const storage = path.join(home.path, 'storage');
  return {
    home,
    storage,
    env,
    cwd,
    forget: () => rm(storage, { recursive: true, force: true }),
    /** @param {readonly string[]} [options] */
    async start(options = []) {
      const [port, otlpPort] = [await freePort(), await freePort()];
      const args = [
        coral,
        'colony',
        'start',
        '--storage-path',
        storage,
        '--port',
        String(port),
        '--otlp-http-port',
        String(otlpPort),
        '--otlp-grpc-port',
        'off',
        ...options,
      ];
      return { port, otlpPort, ...(await startUntil(args, 'is ready', { env, cwd })) };
    },
    /** The header that senders need, once it has been started. */
    authorization() {
      const env = JSON.parse(this.ask(['colony', 'env', '--json']));
      const header = String(env.OTEL_EXPORTER_OTLP_HEADERS).replace(/^authorization=/i, '');
      return decodeURIComponent(header);
    },
    /** @param {readonly string[]} args */
    ask(args) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [coral, ...args], {
        env,
        cwd,
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(`coral ${args.join(' ')}: ${stderr}`);
      return stdout;
    },
  };
}
