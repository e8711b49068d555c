import { describe, expect, it } from '@jest/globals';
import { describeRule, ruleConditions } from './rule-conditions.js';

const now = new Date('2026-06-30T12:00:00Z');
const keepMs = 86_400_000;
const cutoff = new Date('2026-06-29T12:00:00Z');

describe('ruleConditions', () => {
  it('binds the cutoff and every name', () => {
    const [rule] = ruleConditions(
      [{ table: 'metric_summaries', interval: '5m', metric: "o'clock", service: 'a', keepMs }],
      now,
    );
    expect(rule!.expired).toEqual({
      cutoff,
      condition: {
        sql:
          `(timestamp < ? AND (interval LIKE ? ESCAPE '\\' AND metric_name LIKE ? ESCAPE '\\'` +
          ` AND service_id LIKE ? ESCAPE '\\'))`,
        parameters: [cutoff, '5m', "o'clock", 'a'],
      },
    });
  });

  it('takes * for any text and everything else as it is', () => {
    const [rule] = ruleConditions(
      [{ table: 'events', service: String.raw`*/50%_\x`, keepMs }],
      now,
    );
    expect(rule!.governs.parameters).toEqual([String.raw`%/50\%\_\\x`]);
  });

  it('leaves to an earlier rule of the same table what that decides about, also to keep it', () => {
    const [, , last] = ruleConditions(
      [
        { table: 'events', eventType: 'deploy' },
        { table: 'insights', keepMs },
        { table: 'events', keepMs },
      ],
      now,
    );
    expect(last!.expired!.condition).toEqual({
      sql: `(timestamp < ? AND (true AND NOT (event_type LIKE ? ESCAPE '\\')))`,
      parameters: [cutoff, 'deploy'],
    });
  });

  it('has no expired rows where they stay forever', () => {
    expect(ruleConditions([{ table: 'services' }], now)).toEqual([
      { rule: { table: 'services' }, governs: { sql: 'true', parameters: [] } },
    ]);
  });

  it('asks more than age of insights and services', () => {
    const [insights, services] = ruleConditions(
      [
        { table: 'insights', keepMs },
        { table: 'services', keepMs },
      ],
      now,
    );
    expect(insights!.expired!.condition.parameters).toEqual([cutoff, now]);
    expect(services!.expired!.condition.sql).toContain(`status = 'stopped'`);
  });
});

describe('describeRule', () => {
  it('says table, interval and patterns', () => {
    expect(
      describeRule({
        table: 'metric_summaries',
        interval: '5m',
        metric: 'a.*',
        service: 'b',
        keepMs,
      }),
    ).toBe('metric_summaries 5m metric=a.* service=b');
    expect(describeRule({ table: 'events', eventType: 'deploy' })).toBe('events event_type=deploy');
  });
});
