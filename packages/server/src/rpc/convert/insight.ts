import { create } from '@bufbuild/protobuf';
import type { JsonObject } from '@bufbuild/protobuf';
import type { Insight as StoredInsight } from '@coral/storage';
import { InsightSchema } from '../gen/coral/colony/v1/colony_pb.js';
import type { Insight } from '../gen/coral/colony/v1/colony_pb.js';
import { given } from '../field.js';
import { insightPriorities, insightStatuses, insightTypes } from './names.js';
import { toTimestamp } from './time.js';

/** A stored insight as the API shows it. */
export function toInsight(insight: StoredInsight): Insight {
  return create(InsightSchema, {
    ...given({
      details: insight.details as JsonObject | undefined,
      confidence: insight.confidence,
      expiresAt: insight.expiresAt && toTimestamp(insight.expiresAt),
    }),
    id: insight.id,
    createdAt: toTimestamp(insight.createdAt),
    insightType: insightTypes.toProto(insight.insightType),
    priority: insightPriorities.toProto(insight.priority),
    title: insight.title,
    summary: insight.summary,
    affectedServices: [...insight.affectedServices],
    status: insightStatuses.toProto(insight.status),
  });
}
