import { describe, expect, it } from '@jest/globals';
import { expositionFormatOf } from './exposition-format.js';

describe('expositionFormatOf', () => {
  it.each([
    ['application/openmetrics-text; version=1.0.0; charset=utf-8', 'openmetrics'],
    ['Application/OpenMetrics-Text', 'openmetrics'],
    ['text/plain; version=0.0.4; charset=utf-8', 'text'],
    ['text/html', 'text'],
    [undefined, 'text'],
  ])('takes %s for %s', (contentType, format) => {
    expect(expositionFormatOf(contentType)).toBe(format);
  });
});
