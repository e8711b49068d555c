import { describe, expect, it } from '@jest/globals';
import type { ServiceRow } from '../writes/services.js';
import { ServiceSightings } from './service-sightings.js';

const row = (agentId: string, seconds: number): ServiceRow => ({
  id: 'checkout',
  name: 'checkout',
  appId: 'shop',
  version: undefined,
  agentId,
  labels: undefined,
  lastSeen: new Date(seconds * 1000),
  status: 'running',
});

describe('ServiceSightings', () => {
  it('writes a service that says the same every 15 seconds', () => {
    const sightings = new ServiceSightings();
    const isDue = (seconds: number) => {
      const due = sightings.due([row('a', seconds)]).length === 1;
      sightings.committed();
      return due;
    };
    expect([0, 0, 14.999, 15, 29, 30].map(isDue)).toEqual([true, false, false, true, false, true]);
  });

  it('writes one that says something else every second', () => {
    const sightings = new ServiceSightings();
    const isDue = (agentId: string, seconds: number) => {
      const due = sightings.due([row(agentId, seconds)]).length === 1;
      sightings.committed();
      return due;
    };
    expect([isDue('a', 0), isDue('b', 0.999), isDue('b', 1), isDue('a', 2)]).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it('writes again what a rollback undid', () => {
    const sightings = new ServiceSightings();
    expect(sightings.due([row('a', 0)])).toHaveLength(1);
    sightings.rolledBack();
    expect(sightings.due([row('a', 0)])).toHaveLength(1);
  });
});
