import { describe, expect, it } from '@jest/globals';
import { quote } from './quote.js';

describe('quote', () => {
  it('quotes plain text', () => {
    expect(quote('my-shop')).toBe('"my-shop"');
  });

  it('escapes whatever could move the cursor or turn the line around', () => {
    expect(quote('a\u001b[2J\u009b\u202eb\u007f')).toBe('"a\\u001b[2J\\u009b\\u202eb\\u007f"');
  });

  it('shortens long text and says how long it was', () => {
    expect(quote('a'.repeat(300))).toBe(`"${'a'.repeat(60)}"… (300 characters)`);
  });
});
