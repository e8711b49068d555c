// docs/telemetry-to-tables.md: what the tables hold after the page on curl.
import { describe, expect, it } from '@jest/globals';
import { eventually } from '@coral/testkit';
import { useCoral } from './use-coral.js';
import { openSenderPage } from './use-sender-page.js';

describe('docs/telemetry-to-tables.md', () => {
  const coral = useCoral();

  it('shows what becomes of a metric, an error and a span', async () => {
    const curl = await openSenderPage(coral, 'curl.md');
    const page = await openSenderPage(coral, '../telemetry-to-tables.md');
    await curl.startColony();
    try {
      for (const title of ['metric', 'log', 'span']) {
        await curl.shell(`${curl.block('token')}\n${curl.block(title)}`);
      }
      for (const title of ['services', 'summaries', 'connections', 'events']) {
        await eventually(
          async () => {
            const rows: unknown = JSON.parse(await curl.shell(page.block(title, 'sh')));
            expect(rows).toEqual(JSON.parse(page.block(title, 'json')));
          },
          { timeoutMs: 60_000, intervalMs: 1_000 },
        );
      }
    } finally {
      await curl.shell('coral colony stop');
    }
  }, 180_000);
});
