import { describe, expect, it } from '@jest/globals';
import { onTestEnd, useTempDir } from '@coral/testkit';
import { openDatabase } from '../src/index.js';
import { rows } from './support/look-ups.js';
import { numberPoints } from './support/number-points.js';

const noon = Date.UTC(2026, 0, 1, 12);

describe('points from a sender with bad names', () => {
  const dir = useTempDir();

  async function open() {
    const database = await openDatabase({
      storagePath: dir.path,
      colonyId: 'bad-dev',
      now: () => noon,
    });
    onTestEnd(() => database.close());
    return database;
  }

  it.each([
    ['an empty metric name', { metricName: '' }],
    ['a service name of 513 characters', { serviceId: 's'.repeat(513) }],
    ['NUL in a metric name', { metricName: 'a\0b' }],
    ['half a surrogate pair in an attribute', { attributes: '{"a":"\ud800"}' }],
  ])('are refused for %s, and the others of the batch are stored', async (_, series) => {
    const database = await open();
    const good = numberPoints({ serviceId: 's', metricName: 'm', kind: 'gauge' }, [
      { timeMs: noon, value: 1 },
    ]);
    const bad = numberPoints({ serviceId: 's', metricName: 'm', kind: 'gauge', ...series }, [
      { timeMs: noon, value: 2 },
    ]);
    const both = {
      ...numberPoints({ serviceId: 's', metricName: 'm', kind: 'gauge' }, [
        { timeMs: noon, value: 1 },
        { timeMs: noon, value: 2 },
      ]),
      series: [good.series[0]!, bad.series[0]!],
      seriesIndex: Uint32Array.of(0, 1),
    };
    expect(await database.appendPoints(both)).toEqual({
      accepted: 1,
      rejected: [{ reason: 'a name, unit or attribute that cannot be stored', count: 1 }],
    });
    expect(await rows(database, 'SELECT value FROM points')).toEqual([[1]]);
  });

  it('are stored when only its labels cannot be', async () => {
    const database = await open();
    const points = numberPoints({ serviceId: 's', metricName: 'm', kind: 'gauge' }, [
      { timeMs: noon, value: 1 },
    ]);
    const sender = { id: 's', name: 's', appId: 'a', agentId: 'b' };
    await database.appendPoints(points, [{ ...sender, labels: { big: 'x'.repeat(70_000) } }]);
    expect(await database.getService('s')).toMatchObject({ id: 's' });
    expect(await database.getService('s')).not.toHaveProperty('labels');
    expect(await rows(database, 'SELECT value FROM points')).toEqual([[1]]);
  });
});
