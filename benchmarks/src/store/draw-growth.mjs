const width = 720;
const height = 300;
const margin = { left: 56, right: 120, top: 36, bottom: 40 };

/**
 * A picture of how the file grows, beside CSV and SQLite where it took part.
 *
 * @param {readonly any[]} measured
 * @param {number} csvBytesPerRow
 * @returns {string} SVG
 */
export function drawGrowth(measured, csvBytesPerRow) {
  const rows = measured.map(({ day }) => day * 288_000);
  const lines = [
    { name: 'CSV', colour: '#9aa0a6', values: rows.map((count) => count * csvBytesPerRow) },
    ...(measured[0].sizes.sqlite > 0
      ? [{ name: 'SQLite', colour: '#d9822b', values: measured.map(({ sizes }) => sizes.sqlite) }]
      : []),
    { name: 'Coral', colour: '#e0526b', values: measured.map(({ sizes }) => sizes.coral) },
  ];
  const days = measured.length;
  const most = Math.max(...lines.flatMap(({ values }) => values));
  const x = (/** @type {number} */ day) =>
    margin.left + ((width - margin.left - margin.right) * day) / days;
  const y = (/** @type {number} */ bytes) =>
    height - margin.bottom - ((height - margin.top - margin.bottom) * bytes) / most;
  const paths = lines.map(({ name, colour, values }) => {
    const points = values.map((value, day) => `${x(day + 1).toFixed(1)},${y(value).toFixed(1)}`);
    const end = values.at(-1) ?? 0;
    return `<polyline fill="none" stroke="${colour}" stroke-width="2.5" points="${x(0)},${y(0)} ${points.join(' ')}"/>
<text x="${x(days) + 8}" y="${(y(end) + 4).toFixed(1)}" fill="${colour}">${name} ${(end / 1e6).toFixed(0)} MB</text>`;
  });
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const at = y(most * part).toFixed(1);
    return `<line x1="${margin.left}" x2="${width - margin.right}" y1="${at}" y2="${at}" stroke="#8884" />
<text x="${margin.left - 8}" y="${Number(at) + 4}" text-anchor="end">${((most * part) / 1e6).toFixed(0)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#777">
<title>Size of the file in MB, by days of 1,000 series at 5 minutes</title>
<text x="${margin.left}" y="20" font-size="14">MB on disk, by days of 1,000 series at 5 minutes</text>
${ticks.join('\n')}
${paths.join('\n')}
<text x="${x(0)}" y="${height - 16}">0</text>
<text x="${x(days)}" y="${height - 16}" text-anchor="middle">${days} days</text>
</svg>
`;
}
