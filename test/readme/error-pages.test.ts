import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = resolve(import.meta.dirname, '../..');
const pagesFolder = join(root, 'docs/errors');
const pages = readdirSync(pagesFolder).map((file) => file.replace(/\.md$/, ''));
const textOf = (path: string) => readFileSync(path, 'utf8');

/** Every code that an error of the packages can have. */
const codes = [...new Set(sourcesBelow(join(root, 'packages')).flatMap((path) => codesIn(textOf(path))))];

describe('docs/errors', () => {
  it('has a page for each code, and a code for each page', () => {
    expect(codes.length).toBeGreaterThan(10);
    expect(pages.toSorted()).toEqual(codes.toSorted());
  });

  it.each(pages)('%s.md says its code, class and status, causes, and what to do', (page) => {
    const text = textOf(join(pagesFolder, `${page}.md`));
    const [title, , first] = text.split('\n');
    expect(title).toBe(`# \`${page}\``);
    expect(first).toMatch(/^(?:`\w+Error`|An `OAuth2BackendError` that is named `\w+`),.* status (?:401|499|50[0-4])/);
    expect(text).toMatch(/what to do|should/);
  });
});

describe('README.md', () => {
  it('links each code of its error table to its page', () => {
    const rows = textOf(join(root, 'README.md'))
      .split('\n')
      .filter((line) => /^\| .*`ERR_OAUTH2_/.test(line));
    expect(rows.map((row) => /\| \[`(ERR_\w+)`\]\(docs\/errors\/\1\.md\) \|/.exec(row)?.[1])).toEqual(
      expect.arrayContaining(codes),
    );
    expect(rows).toHaveLength(codes.length);
  });
});

describe('links', () => {
  const files = ['README.md', ...pages.map((page) => `docs/errors/${page}.md`)];

  it.each(files)('of %s lead to files and headings that there are', (file) => {
    const broken = linksIn(textOf(join(root, file))).filter((link) => !leadsSomewhere(link, file));
    expect(broken).toEqual([]);
  });

  it('are found broken where file or heading is missing', () => {
    const good = ['#errors', 'docs/errors', 'CHANGELOG.md', 'README.md#what-happens-when', 'README.md#fetch'];
    const bad = ['#eror', 'docs/errors/ERR_OAUTH2_X.md', 'CHANGELOG.md#nothing', '../elsewhere.md'];
    expect([...good, ...bad].filter((link) => leadsSomewhere(link, 'README.md'))).toEqual(good);
  });
});

function codesIn(source: string): string[] {
  return [...source.matchAll(/'(ERR_OAUTH2_[A-Z_]*[A-Z])'/g)].map(([, code]) => code as string);
}

function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /^[\w-]+\/src\/.*\.ts$/.test(path))
    .map((path) => join(folder, path));
}

/** Those to this repository. */
function linksIn(markdown: string): string[] {
  const links = withoutCode(markdown).matchAll(/\]\(([^)\s]+)\)/g);
  return [...links].map(([, link]) => link as string).filter((link) => !/^https?:/.test(link));
}

function leadsSomewhere(link: string, from: string): boolean {
  const [path = '', heading] = link.split('#');
  const target = path === '' ? join(root, from) : resolve(root, dirname(from), path);
  if (relative(root, target).startsWith('..') || !existsSync(target)) return false;
  return heading === undefined || (statSync(target).isFile() && headingsOf(textOf(target)).includes(heading));
}

/** As GitHub names them. */
function headingsOf(markdown: string): string[] {
  return [...withoutCode(markdown).matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    (title as string)
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^```[\s\S]*?^```/gm, '');
}
