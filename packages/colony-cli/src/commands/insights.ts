import type { Insight } from '@coral/storage';
import type { CommandContext } from '../command-context.js';
import { withColony } from '../colony/with-colony.js';
import { exitCodes } from '../exit-codes.js';
import { renderRows, toJsonObject } from '../render/render.js';
import { formatTime } from '../render/units.js';

/** `coral insights` */
export interface InsightsInput extends Record<string, unknown> {
  readonly status: Insight['status'] | 'all';
  readonly priority?: Insight['priority'];
  readonly limit: number;
}

/** Lists insights, the most urgent first; only active ones unless told otherwise. */
export async function insights(context: CommandContext, input: InsightsInput): Promise<number> {
  const { priority, limit } = input;
  const status = input.status === 'all' ? undefined : input.status;
  const rows = await withColony(context, (colony) =>
    colony.listInsights({ status, priority, limit }),
  );
  await renderRows(context, {
    rows,
    columns: [
      { header: 'ID', text: (insight) => String(insight.id), align: 'right' },
      { header: 'PRIORITY', text: (insight) => insight.priority },
      { header: 'TYPE', text: (insight) => insight.insightType },
      { header: 'STATUS', text: (insight) => insight.status },
      { header: 'CREATED', text: (insight) => formatTime(insight.createdAt) },
      { header: 'TITLE', text: (insight) => insight.title },
      { header: 'SERVICES', text: (insight) => (insight.affectedServices ?? []).join(', ') },
    ],
    json: (insight) =>
      toJsonObject({
        id: insight.id,
        created_at: insight.createdAt,
        insight_type: insight.insightType,
        priority: insight.priority,
        title: insight.title,
        summary: insight.summary,
        details: insight.details,
        affected_services: insight.affectedServices,
        status: insight.status,
        confidence: insight.confidence,
        expires_at: insight.expiresAt,
      }),
    empty: 'No such insights.',
  });
  return exitCodes.ok;
}
