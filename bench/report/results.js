/** Results as Markdown. */

/** The whole document. @param machine `[what, value]` pairs */
export function document({ machine, results, seconds }) {
  const figures = results.flatMap((result) => result.figures);
  return [
    '# Results',
    `\`npm run bench\` writes this file; the run took ${Math.round(seconds)} s. Ratios and differences compare rounds of one run. The authorization server and the API are processes of their own, and so is each contender; rounds are interleaved.`,
    table(['', ''], machine),
    '## What has to hold',
    table(['figure', 'target', 'measured', 'met'], figures.map(row)),
    ...results.map(section),
  ].join('\n\n');
}

/** One scenario. */
export function section({ title, leftOut, text, columns, rows, figures, image }) {
  if (leftOut) return `Left out: ${title}: ${leftOut}.`;
  return [
    `## ${title}`,
    text,
    table(columns, rows),
    ...(image ? [`![Latency of each request over time](${image.file})`] : []),
    ...(figures.length > 0 ? [table(['figure', 'target', 'measured', 'met'], figures.map(row))] : []),
  ].join('\n\n');
}

function row({ what, target, value, met }) {
  return [what, target, value, met ? 'yes' : '**no**'];
}

function table(columns, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = columns.map((_, index) => (index === 0 ? '---' : '---:'));
  return [line(columns), line(rule), ...rows.map(line)].join('\n');
}
