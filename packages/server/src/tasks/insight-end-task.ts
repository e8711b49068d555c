import type { Insight } from '@coral/storage';
import { invalidInput, taskInput } from './task-input.js';
import { defineTask } from './task.js';

const mostIds = 1_000;

/** Dismisses or resolves insights; those that are over already stay as they are. */
export const insightEndTask = defineTask({
  name: 'insight-end',
  brief: true,
  parse: (body) => {
    const status = taskInput(body, ['ids', 'status']).word('status', ['dismissed', 'resolved']);
    return { ids: readIds(body['ids']), status };
  },
  run: async ({ database }, { ids, status }) => {
    const insights: Insight[] = [];
    // All are looked for first: a mistyped id must not leave half of the work done.
    for (const id of ids) {
      const insight = await database.getInsight(id);
      if (!insight)
        throw invalidInput(
          'ids',
          `has ${id}, and there is no such insight; coral insights --status all lists them`,
        );
      insights.push(insight);
    }
    const results = [];
    for (const { id, title } of insights) {
      const changed =
        status === 'dismissed'
          ? await database.dismissInsight(id)
          : await database.resolveInsight(id);
      const now = await database.getInsight(id);
      results.push({ id, title, status: now?.status ?? status, changed });
    }
    return { insights: results };
  },
});

function readIds(value: unknown): readonly number[] {
  const isList = Array.isArray(value) && value.length > 0 && value.length <= mostIds;
  if (isList && value.every(isInsightId)) return [...new Set(value)];
  throw invalidInput('ids', `must be a list of 1 to ${mostIds} whole numbers from 1 on`);
}

function isInsightId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= 2_147_483_647;
}
