import type { InsightEvidence } from '@coral/storage';
import { invalidInput, taskInput } from './task-input.js';
import { defineTask } from './task.js';

/** Says what an insight rests on, then and now. */
export const insightWhyTask = defineTask({
  name: 'insight-why',
  brief: true,
  parse: (body) => {
    taskInput(body, ['id']);
    const { id } = body;
    if (Number.isInteger(id) && (id as number) > 0 && (id as number) <= 2_147_483_647) {
      return { id: id as number };
    }
    throw invalidInput('id', 'must be a whole number from 1 to 2147483647');
  },
  run: async ({ database }, { id }) => {
    const found = await database.explainInsight(id);
    if (found === undefined)
      throw invalidInput(
        'id',
        `is ${id}, and there is no such insight; coral insights --status all lists them`,
      );
    const { insight, evidence } = found;
    const details = Object.fromEntries(
      Object.entries(insight.details ?? {}).filter(([key]) => key !== 'evidence'),
    );
    return {
      id,
      created_at: insight.createdAt.toISOString(),
      insight_type: insight.insightType,
      priority: insight.priority,
      status: insight.status,
      confidence: insight.confidence ?? null,
      expires_at: insight.expiresAt?.toISOString() ?? null,
      title: insight.title,
      summary: insight.summary,
      affected_services: insight.affectedServices,
      details,
      evidence: evidence.map(toAnswer),
    };
  },
});

function toAnswer({ title, sql, keys, takenAt, then, now, problem }: InsightEvidence) {
  return {
    title,
    sql,
    keys,
    taken_at: takenAt.toISOString(),
    then,
    now: now ?? null,
    problem: problem ?? null,
  };
}
