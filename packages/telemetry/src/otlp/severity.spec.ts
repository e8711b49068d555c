import { describe, expect, it } from '@jest/globals';
import { severityOf } from './severity.js';

describe('severityOf', () => {
  it.each([
    [17, 'info', 17],
    [0, 'ERROR', 17],
    [0, 'err', 17],
    [0, 'CRITICAL', 21],
    [0, 'Fatal', 21],
    [0, 'warning', 13],
    [0, 'INFO2', 9],
    [0, 'debug', 5],
    [0, 'trace', 1],
    [0, 'terrible', 0],
    [25, '', 0],
    [0, '', 0],
  ])('takes number %p and text %p for %p', (number, text, severity) => {
    expect(severityOf(number, text)).toBe(severity);
  });
});
