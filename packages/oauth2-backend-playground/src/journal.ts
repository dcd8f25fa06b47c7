/** Who asked when: one line a request, the last of them to be read again. */
import type { ShownToken } from './tokens/shown-token.js';

interface JournalEntry {
  readonly kind: 'token' | 'login' | 'api' | 'knob';
  readonly client?: string | undefined;
  /** The grant, or method and path. */
  readonly what: string;
  /** The status, and why it is no other. */
  readonly outcome: string;
  readonly token?: ShownToken | undefined;
}

export interface Journal {
  add(entry: JournalEntry): void;
  /** The last 200, oldest first, each with its time. */
  entries(): readonly (JournalEntry & { readonly at: string })[];
}

/** Each entry goes to `print` as a line; with `claims` those of its token too. */
export function journal(print: (line: string) => void, { claims = false }: { claims?: boolean } = {}): Journal {
  const entries: (JournalEntry & { at: string })[] = [];
  return {
    entries: () => entries,
    add(entry) {
      const at = new Date();
      entries.push({ at: at.toISOString(), ...entry });
      if (entries.length > 200) entries.shift();
      print(lineOf(at, entry));
      if (claims && entry.token) print(`         ${clean(JSON.stringify(entry.token.claims), 1_000)}`);
    },
  };
}

function lineOf(at: Date, { kind, client = '-', what, outcome, token }: JournalEntry): string {
  const time = at.toTimeString().slice(0, 8);
  const words = [kind.padEnd(5), clean(client, 40).padEnd(16), clean(what, 60).padEnd(19), clean(outcome, 300)];
  return [time, ...words, ...(token ? [clean(token.end, 7)] : [])].join('  ');
}

/** What arrives over the network writes no control characters to a terminal. */
function clean(text: string, length: number): string {
  const visible = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
  return visible.length > length ? `${visible.slice(0, length - 1)}…` : visible;
}
