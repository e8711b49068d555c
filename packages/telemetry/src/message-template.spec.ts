import { describe, expect, it } from '@jest/globals';
import { messageOf, messageTemplate } from './message-template.js';

describe('messageTemplate', () => {
  it.each([
    ['Order 4711 of "ann" failed after 3.2s', 'Order # of "*" failed after #s'],
    ["can't open '/var/lib/x'", `can't open "*"`],
    ['user ann@example.org is unknown', 'user * is unknown'],
    ['id 123e4567-e89b-12d3-a456-426614174000 is gone', 'id # is gone'],
    ['at 0x7ffdeadbeef0', 'at #'],
    ['commit deadbeef1 missing', 'commit # missing'],
    ['connect ECONNREFUSED 10.0.0.17:5432', 'connect ECONNREFUSED #'],
    ['2026-01-01T00:00:00.123Z ERROR x', '#-#-#T#Z ERROR x'],
    ['token eyJhbGciOiJIUzI1NiJ9abcdef is bad', 'token # is bad'],
    ['ids 1, 2, 3 and 4', 'ids # and #'],
    ['first line\n    at stack (file.js:1:2)', 'first line'],
    ['  two   spaces\tand a tab', 'two spaces and a tab'],
    ['facade added', 'facade added'],
    ['', ''],
  ])('makes of %p the template %p', (message, template) => {
    expect(messageTemplate(message)).toBe(template);
  });

  it('is the same for lines that differ in nothing but values', () => {
    const line = (id: number, name: string) =>
      `cart ${id}: no price for '${name}' (${id * 1.5} ms)`;
    expect(messageTemplate(line(1, 'tea'))).toBe(messageTemplate(line(98_765, 'a "b" c')));
  });

  it('is bounded, also for text made to be slow', () => {
    for (const text of [
      '"'.repeat(50_000),
      'a@'.repeat(50_000),
      '1-'.repeat(50_000),
      '# '.repeat(50_000),
    ])
      expect(messageTemplate(text).length).toBeLessThanOrEqual(300);
  });

  it('takes the message out of a structured body', () => {
    expect(messageTemplate('{"level":"error","msg":"order 5 failed"}')).toBe('order # failed');
    expect(messageOf('{"a":1}')).toBe('{"a":1}');
    expect(messageOf('{"message":"cut o')).toBe('{"message":"cut o');
  });
});
