/** What the playground's own addresses answer: to nobody's cache, and to no script of another page. */
import type { ServerResponse } from 'node:http';

type Headers = Readonly<Record<string, string>>;

const always: Headers = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

export function answerJson(response: ServerResponse, status: number, body: unknown, headers: Headers = {}): void {
  response.writeHead(status, { ...always, 'content-type': 'application/json', ...headers });
  response.end(`${JSON.stringify(body, undefined, 2)}\n`);
}

export function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...always, 'content-type': 'text/plain; charset=utf-8' });
  response.end(text);
}

/** A page without scripts, images and frames. */
export function answerHtml(response: ServerResponse, html: string): void {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
  response.writeHead(200, { ...always, 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy });
  response.end(html);
}
