import { createTempDir, findPeer, freePort } from '@coral/testkit';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { prepareColony } from './processes.mjs';

/**
 * A receiver of remote write, started on an empty directory for each run.
 *
 * @typedef {{ port: number, path: string, authorization?: string, stop(): Promise<void> }} Receiver
 * @typedef {{ name: string, start(): Promise<Receiver>, remove(): Promise<void> }} Peer
 */

/** The colony, and those of VictoriaMetrics and Prometheus that are installed. @returns {Promise<Peer[]>} */
export async function remoteWritePeers() {
  const peers = [await coral()];
  const victoria = findPeer('victoria-metrics', { env: { PATH: process.env['PATH'] } });
  const prometheus = findPeer('prometheus', { env: { PATH: process.env['PATH'] } });
  if (victoria) {
    peers.push(
      program('VictoriaMetrics', victoria, '/api/v1/write', '/health', (port, directory) => [
        `-storageDataPath=${directory}`,
        `-httpListenAddr=127.0.0.1:${port}`,
        '-retentionPeriod=1d',
      ]),
    );
  }
  if (prometheus) {
    peers.push(
      program('Prometheus', prometheus, '/api/v1/write', '/-/ready', (port, directory) => [
        `--storage.tsdb.path=${directory}/data`,
        `--config.file=${directory}/prometheus.yml`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--web.enable-remote-write-receiver',
      ]),
    );
  }
  return peers;
}

/** @returns {Promise<Peer>} */
async function coral() {
  const colony = await prepareColony();
  return {
    name: 'Coral',
    async start() {
      await colony.forget();
      const started = await colony.start();
      return {
        port: started.port,
        path: '/api/v1/write',
        authorization: colony.authorization(),
        stop: () => started.stop(),
      };
    },
    remove: () => colony.home.remove(),
  };
}

/**
 * @param {string} name
 * @param {string} command
 * @param {string} path
 * @param {string} health
 * @param {(port: number, directory: string) => string[]} args
 * @returns {Peer}
 */
function program(name, command, path, health, args) {
  return {
    name,
    async start() {
      const directory = await createTempDir({ prefix: 'coral-bench-' });
      await writeFile(directory.file('prometheus.yml'), 'global: {}\n');
      const port = await freePort();
      const child = spawn(command, args(port, directory.path), { stdio: 'ignore' });
      const gone = once(child, 'exit');
      for (let wait = 0; !(await answers(port, health)); wait++) {
        if (wait > 300 || child.exitCode !== null) throw new Error(`${name} does not start`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return {
        port,
        path,
        async stop() {
          child.kill('SIGTERM');
          await gone;
          await directory.remove();
        },
      };
    },
    remove: async () => undefined,
  };
}

/** @param {number} port @param {string} path */
async function answers(port, path) {
  try {
    return (await fetch(`http://127.0.0.1:${port}${path}`)).status === 200;
  } catch {
    return false;
  }
}
