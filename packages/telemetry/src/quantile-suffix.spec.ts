import { expect, it } from '@jest/globals';
import { quantileSuffix } from './quantile-suffix.js';

it.each([
  [0, '_p0'],
  [0.05, '_p5'],
  [0.29, '_p29'],
  [0.5, '_p50'],
  [0.99, '_p99'],
  [0.999, '_p99_9'],
  [0.99999, '_p99_999'],
  [1e-9, '_p0_0000001'],
  [1, '_p100'],
])('names the gauge of quantile %p by %p', (quantile, suffix) => {
  expect(quantileSuffix(quantile)).toBe(suffix);
});
