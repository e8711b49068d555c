import { setTimeout } from 'node:timers/promises';
import { openDatabase } from '../../src/index.js';

/**
 * Opens a database, uses 200 MB in small pieces and frees all but a few, between which the allocator keeps
 * the rest; prints resident memory, MB, before and after, once 100 MB are gone or after 20 s. Argument: storage path.
 */
await using database = await openDatabase({
  storagePath: process.argv[2]!,
  colonyId: 'memory-dev',
});
await database.ping();
// Whatever opening did is trimmed by itself, for the last time.
await setTimeout(1_500);
const residentMb = () => Math.round(process.memoryUsage.rss() / 1e6);
const pieces = Array.from({ length: 4_000 }, () => Buffer.alloc(50_000, 1));
const kept = pieces.filter((_, i) => i % 100 === 99);
pieces.length = 0;
const most = residentMb();
(globalThis as unknown as { gc(): void }).gc();
const until = Date.now() + 20_000;
while (residentMb() > most - 100 && Date.now() < until) await setTimeout(100);
console.log(JSON.stringify({ most, left: residentMb(), kept: kept.length }));
