/** The report for people: one line a step, what was sent and came back indented below it. */

import type { Problem } from '../errors.js';
import { painter } from './colours.js';
import type { BackendReport } from './report.js';
import { type Line, stepLines } from './step-lines.js';

/** The definitions are refused. */
export function problemsText(file: string, problems: readonly Problem[], colours: boolean): string {
  const paint = painter(colours);
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const lines = problems.map(
    ({ path, message }) => `  ${paint('red', '✗')} ${path === '' ? '' : `${path}: `}${message}\n`,
  );
  return `${paint('bold', file)}: ${count}; nothing was sent\n${lines.join('')}`;
}

export function warningText(warning: string, colours: boolean): string {
  return `${painter(colours)('yellow', '!')} ${warning}\n`;
}

export function backendText({ name, result, reason, hints, warnings, steps }: BackendReport, colours: boolean): string {
  const paint = painter(colours);
  if (result === 'skipped') return `${paint('dim', '-')} ${paint('bold', name)}: skipped, ${reason}\n\n`;
  const sign = (ok: boolean) => (ok ? paint('green', '✓') : paint('red', '✗'));
  const text = ({ label, text, depth, ok }: Line) => {
    const title = label.padEnd(depth === 1 ? 15 : 13);
    if (depth === 1) return `  ${sign(ok)} ${title}${text}`;
    return paint('dim', `${' '.repeat(2 * depth + 2)}${title}${text}`);
  };
  const lines = [
    `${sign(result === 'token')} ${paint('bold', name)}`,
    ...steps.flatMap(stepLines).map(text),
    ...(reason === undefined ? [] : [`  ${sign(false)} ${paint('red', reason)}`]),
    ...[...hints, ...warnings].map((hint) => `  ${paint('yellow', '!')} ${hint}`),
  ];
  return `${lines.join('\n')}\n\n`;
}

export function endText(backends: readonly BackendReport[], colours: boolean): string {
  const paint = painter(colours);
  const named = (result: BackendReport['result']) => backends.filter((each) => each.result === result);
  const [failed, skipped, good] = [named('failed'), named('skipped'), named('token')];
  const counts = [`${good.length} fine`, ...(skipped.length === 0 ? [] : [`${skipped.length} skipped`])].join(', ');
  if (failed.length === 0) return `${good.length === 0 ? 'no token to ask for: ' : ''}${paint('green', counts)}\n`;
  return `${paint('red', `failed: ${failed.map(({ name }) => name).join(', ')}`)}; ${counts}\n`;
}
