import type { Database } from '@coral/storage';
import { encodeExportResponse, summariseRejected } from '@coral/telemetry';
import type { OtlpEncoding } from '@coral/telemetry';
import type { ByteAccount, ByteBudget } from '../http/byte-budget.js';
import type { Signal } from './signal.js';

/** A request as its transport has read it. */
export interface ExportRequest {
  /** Decompressed. */
  readonly body: Uint8Array;
  readonly encoding: OtlpEncoding;
}

/** What a route of either transport works with. */
export interface ExportRouteOptions {
  readonly signal: Signal;
  readonly database: Pick<Database, 'requireRoomInQueue'>;
  /** The memory that all request bodies share. */
  readonly bodies: ByteBudget;
}

/**
 * Serves one export, whatever its transport: reads it within the budget, hands it to its signal unless
 * too much waits to be written, counts it, and encodes the answer in the request's encoding.
 *
 * @throws {StorageError} `STORAGE_OVERLOADED`; whatever `read` and the signal throw
 */
export async function serveExport(
  { signal, database, bodies }: ExportRouteOptions,
  read: (account: ByteAccount) => Promise<ExportRequest>,
): Promise<Uint8Array> {
  const account = bodies.open();
  try {
    const { body, encoding } = await read(account);
    // Decoding takes time and memory that what waits already needs.
    database.requireRoomInQueue();
    const { accepted, rejected } = await signal.receive(body, encoding);
    const refused = summariseRejected(rejected);
    signal.meter.stored(accepted, refused.rejected);
    return encodeExportResponse(signal.name, refused, encoding);
  } catch (reason) {
    signal.meter.failed();
    throw reason;
  } finally {
    account.release();
  }
}
