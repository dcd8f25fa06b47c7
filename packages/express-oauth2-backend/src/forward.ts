/** Forwards Express's requests: `app.use('/api/billing', forward('billing'))`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type RequestForwardAnswer, type RequestForwardOptions, requestForward } from 'oauth2-backend';

/** A handler that answers every request it gets. */
export type ForwardHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Gives a handler that sends requests on to a backend with its token, and its answer back, streamed both ways. Put your
 * own authentication before it, and body parsers behind it.
 *
 * @param name of a backend that the `backends` middleware has given the request
 * @throws ConfigurationError for wrong options; what goes wrong before the answer goes to `next`
 * @example
 * app.use('/api/billing', forward('billing', { methods: ['GET'] }));
 */
export function forward(name: string, options?: RequestForwardOptions): ForwardHandler {
  const send = requestForward(name, options);

  return function oauth2Forward(request, response, next) {
    send(request, response, request).then((answer) => answer && give(answer, response, next), next);
  };
}

function give(answer: RequestForwardAnswer, response: ServerResponse, next: (error: unknown) => void): void {
  const { headers, body, trailers } = answer;
  if (response.destroyed || response.headersSent) {
    body.destroy();
    return;
  }
  if (body.errored) {
    next(body.errored);
    return;
  }
  try {
    writeHead(answer, response);
  } catch (error) {
    body.destroy();
    // They would stand in the error's answer, and Node throw again.
    for (const name of Object.keys(headers)) response.removeHeader(name);
    next(error);
    return;
  }
  // All of it has come already: most answers are small.
  if (headers['content-length'] === String(body.readableLength)) {
    response.end(body.read());
    return;
  }
  response.once('close', () => body.destroy());
  body.once('error', (error) => {
    // An answer that breaks off must not look complete.
    response.destroy();
    next(error);
  });
  body.once('end', () => response.addTrailers(trailers));
  body.pipe(response);
  answer.sendInTime();
}

function writeHead({ status, statusText, headers }: RequestForwardAnswer, response: ServerResponse): void {
  // HTTP/2 has no reason phrases.
  if (response.req.httpVersionMajor > 1) response.writeHead(status, headers);
  else response.writeHead(status, statusText, headers);
}
