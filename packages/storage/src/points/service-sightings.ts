import type { ServiceRow } from '../writes/services.js';

/** How often a service that says nothing new is written again. ms */
const sameAgainAfterMs = 15_000;
/** The same for one that says something else: replicas of one service take turns. ms */
const otherAgainAfterMs = 1_000;

/**
 * Which services need a write: telemetry names its sender with every request, but a row per request
 * would cost more than the points do.
 */
export class ServiceSightings {
  readonly #written = new Map<string, { said: string; at: number }>();
  readonly #pending = new Map<string, { said: string; at: number }>();

  /** Those that are new, or were last written long enough ago. */
  due(rows: readonly ServiceRow[]): ServiceRow[] {
    return rows.filter((row) => {
      const at = row.lastSeen.getTime();
      const said = JSON.stringify([
        row.name,
        row.appId,
        row.version,
        row.agentId,
        row.labels,
        row.status,
      ]);
      const known = this.#pending.get(row.id) ?? this.#written.get(row.id);
      const waitMs = known?.said === said ? sameAgainAfterMs : otherAgainAfterMs;
      if (known && at - known.at < waitMs) return false;
      this.#pending.set(row.id, { said, at });
      return true;
    });
  }

  committed(): void {
    for (const [id, sighting] of this.#pending) this.#written.set(id, sighting);
    this.#pending.clear();
  }

  rolledBack(): void {
    this.#pending.clear();
  }
}
