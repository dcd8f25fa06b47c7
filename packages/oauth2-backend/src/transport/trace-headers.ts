/** The headers that carry a trace: a request has each once, though tracers add theirs to those that are there. */

import { AsyncLocalStorage } from 'node:async_hooks';
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Dispatcher } from 'undici';

/** Told of each request of undici's; tracers add their headers then. */
export const requestCreated = channel('undici:request:create');

/** What belongs together: who writes one of them means all (W3C Trace Context §3.3, B3 Propagation). */
const FORMATS = [
  ['traceparent', 'tracestate'],
  ['baggage'],
  ['b3', 'x-b3-traceid', 'x-b3-spanid', 'x-b3-parentspanid', 'x-b3-sampled', 'x-b3-flags'],
];
const FORMAT_OF = new Map(FORMATS.flatMap((names) => names.map((name) => [name, names] as const)));

/**
 * Takes out the request's own trace headers where a tracer has added some of the same format, and all but the last of those
 * that several have added.
 *
 * @param fields name, value, name, value, … the request's own before what was added
 * @param own the request's own, names in lower case
 */
export function leaveOneTrace(fields: unknown[], own: object): void {
  const added = new Set<readonly string[]>();
  const found: { at: number; name: string; format: readonly string[]; own: boolean }[] = [];
  for (let at = 0; at < fields.length; at += 2) {
    const name = String(fields[at]).toLowerCase();
    const format = FORMAT_OF.get(name);
    if (!format) continue;
    const isOwn = Object.hasOwn(own, name) && !found.some((before) => before.name === name);
    if (!isOwn) added.add(format);
    found.push({ at, name, format, own: isOwn });
  }
  const later = new Set<string>();
  for (const each of found.reverse()) {
    if (later.has(each.name) || (each.own && added.has(each.format))) fields.splice(each.at, 2);
    later.add(each.name);
  }
}

/** Leaves one trace on a request once undici has made it. Gives what to call when it has been made, or never will be. */
export function watchTrace(request: Dispatcher.DispatchOptions): () => void {
  const own = request.headers ?? {};
  const listener = (message: unknown) => {
    const { request: made } = message as { request: { method: unknown; path: unknown; headers: unknown } };
    if (made.method !== request.method || made.path !== request.path || !Array.isArray(made.headers)) return;
    leaveOneTrace(made.headers, own);
  };
  // The last to subscribe is the last to be told.
  subscribe(requestCreated.name, listener);
  return () => void unsubscribe(requestCreated.name, listener);
}

const CONTEXT = Symbol('async context');

/**
 * Keeps the context that a request was made in: tracers look there for its parent, but while it waits for a connection the
 * context is another's.
 */
export function keepContext(request: Dispatcher.DispatchOptions & { [CONTEXT]?: InContext }): void {
  request[CONTEXT] ??= AsyncLocalStorage.snapshot();
}

type InContext = <T>(what: () => T) => T;

/** Runs in the context that was kept, if one was. */
export function inKeptContext<T>(request: Dispatcher.DispatchOptions & { [CONTEXT]?: InContext }, what: () => T): T {
  return request[CONTEXT] ? request[CONTEXT](what) : what();
}
