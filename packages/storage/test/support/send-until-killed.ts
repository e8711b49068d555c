import { spawnProcess } from '@coral/testkit';

/**
 * Lets a program send the requests of a stream in the order given, and kills it once so many are
 * acknowledged.
 *
 * @param args the program and its arguments; the order comes behind them, separated by commas
 * @returns the requests that were acknowledged, also those that were while it died
 */
export async function sendUntilKilled(
  args: readonly string[],
  order: readonly number[],
  acks: number,
): Promise<number[]> {
  const sender = await spawnProcess({
    command: process.execPath,
    args: [...args, order.join(',')],
  });
  await sender.waitForOutput(new RegExp(`#${Math.min(acks, order.length)}\n`), {
    stream: 'stdout',
    timeoutMs: 60_000,
  });
  sender.signal('SIGKILL');
  await sender.waitForExit();
  return [...sender.stdout.matchAll(/ack (\d+) #/g)].map(([, n]) => Number(n));
}
