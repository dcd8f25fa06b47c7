/** The command in this process, with what it printed. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../../src/check/command.js';
import type { BackendReport, CheckReport } from '../../src/check/report.js';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `oauth2-backend …`. */
export async function run(args: readonly string[], { colours = false } = {}): Promise<Ran> {
  const printed = { stdout: '', stderr: '' };
  const code = await command(args, {
    stdout: (text) => {
      printed.stdout += text;
    },
    stderr: (text) => {
      printed.stderr += text;
    },
    colours,
  });
  return { code, ...printed };
}

/** Runs `oauth2-backend check FILE …` on a file with this content; JSON unless it is a text. `--colours`: as on a terminal. */
export async function check(content: unknown, ...args: readonly string[]): Promise<Ran> {
  const folder = await mkdtemp(join(tmpdir(), 'oauth2-backend-check-'));
  try {
    const file = join(folder, 'backends.json');
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    const colours = args.includes('--colours');
    const given = args.filter((arg) => arg !== '--colours');
    return await run(['check', file, ...given], { colours });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The same with `--json`. */
export async function reportOf(
  content: unknown,
  ...args: readonly string[]
): Promise<CheckReport & { readonly code: number; readonly first: BackendReport }> {
  const { code, stdout } = await check(content, '--json', ...args);
  const report = JSON.parse(stdout) as CheckReport;
  const [first] = report.backends;
  if (!first) throw new Error(`no backend was checked: ${stdout}`);
  return { ...report, code, first };
}
