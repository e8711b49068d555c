import { readFile } from 'node:fs/promises';
import { codeBlocks, onTestEnd, useTempDir } from '@coral/testkit';
import { openDatabase } from '@coral/storage';
import { decodeOtlpLogsJson, groupErrors } from '@coral/telemetry';
import { describe, expect, it } from '@jest/globals';

const page = new URL('../../telemetry/docs/logs.md', import.meta.url);
const blocks = codeBlocks(await readFile(page, 'utf8'));
const requests = blocks.filter(({ info }) => info === 'otlp');
const now = Date.UTC(2026, 0, 1, 0, 2);

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
const attributes = [text('service.name', 'cart'), text('service.instance.id', 'one')];

describe('telemetry/docs/logs.md', () => {
  const dir = useTempDir();

  it.each(requests)('says in line $line which events come of it', async (block) => {
    const database = await openDatabase({
      storagePath: dir.path,
      colonyId: 'docs-dev',
      now: () => now,
    });
    onTestEnd(() => database.close());
    const logRecords = JSON.parse(block.code) as unknown;
    const request = { resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords }] }] };
    const decoded = decodeOtlpLogsJson(new TextEncoder().encode(JSON.stringify(request)));
    await database.recordErrors(groupErrors(decoded, { nowUs: now * 1000 }), block.code);
    const events = (await database.listEvents()).reverse();
    const rows = events.map(({ eventType, serviceId, correlationGroup, details }) => ({
      event_type: eventType,
      service_id: serviceId,
      correlation_group: correlationGroup ?? null,
      details,
    }));
    const shown = JSON.parse(blocks[blocks.indexOf(block) + 2]!.code) as object[];
    expect(rows).toHaveLength(shown.length);
    expect(rows).toMatchObject(shown);
  });
});
