/** What is odd about the secrets that were sent: how they were copied, not what they are. */

import type { Exchange } from './watched-transport.js';

/** One sentence each. */
export function oddSecrets({ headers, body }: Exchange): string[] {
  const form = new URLSearchParams(body);
  const secrets: [string, string | null][] = [
    ['client secret', form.get('client_secret') ?? basicSecret(headers.get('authorization'))],
    ['password', form.get('password')],
  ];
  return secrets.flatMap(([what, secret]) => {
    const odd = ODD.find(([pattern]) => pattern.test(secret ?? ''));
    return odd ? [`the ${what} ${odd[1]}`] : [];
  });
}

const ODD: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/^\s|\s$/, 'begins or ends with white space: was it copied, or read from a file, with a line end?'],
  [/^(["']).*\1$/s, 'stands in quotes, which are sent with it'],
  [
    /^(?:\$\{?\w+\}?|%\w+%|<[\w\s-]+>|\{\{.*\}\}|undefined|null)$/,
    'looks like a placeholder that nothing was put in for',
  ],
];

/** Escaped as in a form, or not (`basic_encoding`). */
function basicSecret(authorization = ''): string | null {
  if (!/^basic /i.test(authorization)) return null;
  const [, secret = ''] = /^[^:]*:(.*)$/s.exec(Buffer.from(authorization.slice(6), 'base64').toString()) ?? [];
  return new URLSearchParams(`secret=${secret.replaceAll('&', '%26')}`).get('secret');
}
