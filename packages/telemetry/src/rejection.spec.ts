import { describe, expect, it } from '@jest/globals';
import { summariseRejected } from './rejection.js';

describe('summariseRejected', () => {
  it('says nothing about nothing', () => {
    expect(summariseRejected([])).toEqual({ rejected: 0, message: '' });
  });

  it('adds up, and explains the reasons that it knows', () => {
    const { rejected, message } = summariseRejected([
      { reason: 'time_missing', count: 2 },
      { reason: 'too_late', count: 1 },
    ]);
    expect(rejected).toBe(3);
    expect(message).toBe(
      '2 × time_missing (time_unix_nano is not set; set it to the time of the measurement); 1 × too_late',
    );
  });

  it('does not take an inherited property for a reason', () => {
    expect(summariseRejected([{ reason: 'toString', count: 1 }]).message).toBe('1 × toString');
  });
});
