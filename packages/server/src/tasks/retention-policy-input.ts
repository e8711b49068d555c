import type { RetentionPolicy, RetentionRule } from '@coral/storage';
import { invalidInput } from './task-input.js';

/** The fields that {@link readRetentionPolicyInput} reads. */
export const retentionPolicyFields = ['rules', 'trash_ms'];

const ruleFields = ['table', 'interval', 'metric', 'service', 'event_type', 'keep_ms'];

/**
 * A policy as it travels: `rules` with `table`, `interval`, `metric`, `service`, `event_type` and
 * `keep_ms`, and `trash_ms`. What the values may be is the store's business.
 *
 * @throws {ServerError} `SERVER_INPUT_INVALID` with the field
 */
export function readRetentionPolicyInput(body: Readonly<Record<string, unknown>>): RetentionPolicy {
  const { rules, trash_ms: trashMs } = body;
  if (!Array.isArray(rules)) throw invalidInput('rules', 'must be a list');
  if (typeof trashMs !== 'number') throw invalidInput('trash_ms', 'must be a number');
  return { rules: rules.map((rule, index) => readRule(rule, `rules[${index}]`)), trashMs };
}

function readRule(rule: unknown, at: string): RetentionRule {
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) {
    throw invalidInput(at, 'must be an object');
  }
  const stranger = Object.keys(rule).find((field) => !ruleFields.includes(field));
  if (stranger !== undefined) throw invalidInput(`${at}.${stranger.slice(0, 100)}`, 'is not known');
  const { event_type: eventType, keep_ms: keepMs, ...rest } = rule as Record<string, unknown>;
  return { ...rest, eventType, keepMs } as unknown as RetentionRule;
}
