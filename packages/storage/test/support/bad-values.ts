/** What no name may be, with a word for the test's title. */
export const badNames: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['a number', 5],
  ['the empty string', ''],
  ['blanks', ' \t\n'],
  ['513 characters', 'n'.repeat(513)],
  ['a NUL', 'a\0b'],
  ['half a surrogate pair', 'a\ud800b'],
];

export const badDates: readonly (readonly [string, unknown])[] = [
  ['an invalid Date', new Date(NaN)],
  ['text', '2026-01-01'],
  ['a number', 5],
  ['null', null],
];

export const badNumbers: readonly (readonly [string, unknown])[] = [
  ['NaN', NaN],
  ['infinity', Infinity],
  ['text', '5'],
  ['a bigint', 5n],
  ['null', null],
];

/** What an INTEGER column cannot hold or a count cannot be. */
export const badCounts: readonly (readonly [string, unknown])[] = [
  ...badNumbers,
  ['one more than an INTEGER holds', 2_147_483_648],
  ['a fraction', 1.5],
  ['a negative number', -1],
];

export const badObjects: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['text', '{}'],
  ['an array', [1]],
  ['a number', 1],
  ['a Date', new Date(0)],
  ['a bigint within', { n: 1n }],
  ['a circle', circle()],
  ['more than 65,536 characters', { text: 'x'.repeat(65_536) }],
];

/** Text that would do harm where SQL is put together by hand. */
export const hostileTexts = [
  `'; DROP TABLE services; --`,
  `" OR 1=1 --`,
  `$1 ? :name %s \\ \\x00`,
  `{"json": ["in", 'quotes']}`,
  'Zażółć 😀 ﷽ \u202e',
];

function circle(): object {
  const object: Record<string, unknown> = {};
  object['self'] = object;
  return object;
}
