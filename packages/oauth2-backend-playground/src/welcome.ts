/** What the console shows first. */
import type { Playground } from './playground.js';

export function welcome({ issuer, api, definitions }: Playground): string {
  const names = Object.entries(definitions).map(([name, { text }]) => `  ${name.padEnd(22)}${text}`);
  return `oauth2-backend-playground

  authorization server  ${issuer}  (in a browser: everything below, ready to copy)
  API                   ${api}/invoices

Definitions; --print NAME prints one:
${names.join('\n')}

The first of them, for backends({ … }):

${definitions['client-secret-basic']?.code ?? ''}
Things to try while your application asks:
  curl -X POST '${issuer}/knobs/revoke'
  curl -X POST '${issuer}/knobs/life?seconds=20'
  curl -X POST '${issuer}/knobs/fail?status=503&seconds=10'
  curl -X POST '${issuer}/knobs/slow?ms=2000&seconds=10'
  curl -X POST '${issuer}/knobs/rotate?what=key'
  curl -X POST '${api}/knobs/refuse?count=1'
  curl ${issuer}/knobs    what is on, and all of them

Ctrl-C ends it. Who asks when:
`;
}
