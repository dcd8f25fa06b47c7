/** The page at the authorization server's root: every definition, ready to copy, and every knob. */
import type { Addresses, PlaygroundDefinition } from './playground-definitions.js';

export interface Described extends Addresses {
  readonly definitions: Readonly<Record<string, PlaygroundDefinition>>;
  /** What each knob does, by the command that turns it. */
  readonly commands: Readonly<Record<string, string>>;
}

export function definitionsPage({ issuer, api, definitions, commands }: Described): string {
  const blocks = Object.entries(definitions).map(
    ([name, { text, code }]) =>
      `<section id="${name}"><h2>${name}</h2><p>${escaped(text)}</p><pre>${escaped(code)}</pre></section>`,
  );
  const rows = Object.entries(commands).map(
    ([command, text]) => `<tr><td><code>${escaped(command)}</code></td><td>${escaped(text)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>oauth2-backend-playground</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  pre { padding: 1rem; overflow-x: auto; background: color-mix(in srgb, currentColor 8%, transparent); }
  td { padding: .25rem 1rem .25rem 0; vertical-align: top; }
  table { display: block; overflow-x: auto; }
</style>
<h1>oauth2-backend-playground</h1>
<p>Authorization server <code>${escaped(issuer)}</code>, API <code>${escaped(api)}</code>. Each definition goes between the braces of
<code>backends({ … })</code> or <code>createBackends({ … })</code>. <a href="/requests">Who asked when</a>, <a href="/knobs">what is on</a>.</p>
${blocks.join('\n')}
<h2>Knobs</h2>
<table>${rows.join('\n')}</table>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
