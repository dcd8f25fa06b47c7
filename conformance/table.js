/** The table as text. */

const SIGNS = { true: '✓', false: '✗', undefined: '-' };
const COLOURS = { true: 32, false: 31, undefined: 2 };
const BARE = ['bare, HTTP/1.1', 'bare, HTTP/2'];

/**
 * Prints line by line, as rows come.
 *
 * @param columns half of them of one protocol, half of the other
 * @param colour whether the terminal shows it
 */
export function tableWriter({ columns, rows, colour, print }) {
  const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const wide = Math.max(...rows.map(({ says }) => says.length));
  const half = columns.length / 2;
  const cannot = new Set();
  const broken = new Map();

  const signs = (cells) => cells.map(({ kept }) => paint(COLOURS[kept], SIGNS[kept].padEnd(3))).join(' ');
  const outcome = ({ kept, word = '-' }, index) =>
    paint(kept === false ? 33 : 2, (kept ? 'same' : word).padEnd(BARE[index].length));

  return {
    head() {
      const names = columns.slice(0, half).map(({ name }) => name);
      const [first, second] = BARE;
      const short = names.map((name) => shortOf(name).padEnd(3)).join(' ');
      print(
        `${names.map((name) => `${shortOf(name)} ${name}`).join(', ')}; bare: a proxy of node:http, node:http2 and pipe`,
      );
      print('');
      print(
        `${' '.repeat(wide)}  ${'HTTP/1.1'.padEnd(short.length)}   ${'HTTP/2'.padEnd(short.length)}   ${first}   ${second}`,
      );
      print(`${' '.repeat(wide)}  ${short}   ${short}`.trimEnd());
    },
    theme(name) {
      print('');
      print(paint(1, name));
    },
    row({ says }, { cells, bare }) {
      const both = [cells.slice(0, half), cells.slice(half)].map(signs).join('   ');
      print(`${says.padEnd(wide)}  ${both}   ${bare.map(outcome).join('   ')}`.trimEnd());
      cells.forEach(({ kept, why, word, message }, index) => {
        const { name, protocol } = columns[index];
        if (kept === undefined) cannot.add(`${says}: ${why}`);
        if (kept !== false) return;
        const what = `${says}\n    ${word}: ${message}`;
        broken.set(what, [...(broken.get(what) ?? []), `${name} over ${protocol}`]);
      });
    },
    /** Gives whether all promises were kept. */
    foot(seconds) {
      if (cannot.size > 0) print('');
      for (const each of cannot) print(paint(2, `- ${each}`));
      for (const [what, where] of broken) print(paint(31, `\n✗ ${what}\n    (${where.join('; ')})`));
      const passed = broken.size === 0;
      const size = `${rows.length} rows, ${rows.length * columns.length} cells, ${seconds} s`;
      print(`\nconformance: ${passed ? 'passed' : 'failed'}, ${size}`);
      return passed;
    },
  };
}

/** `N12` of `NestJS 12`. */
const shortOf = (name) => name.replace(/^(\w)\D*/, '$1');
