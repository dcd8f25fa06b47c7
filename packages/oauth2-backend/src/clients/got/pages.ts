/** got's paginate for one backend: each page is a request of its own with the token of its time; none is repeated. */

import type { Got, GotPaginate, OptionsInit, RequestFunction } from 'got';
import type { Bearer } from '../../bearer/bearer.js';
import { outboundCall } from '../../outbound/outbound-call.js';
import type { CarrierSettings } from '../../outbound/settings.js';
import { gotFailure } from './failure.js';
import { gotHop } from './hop.js';
import { type GotInput, readGotCall } from './options.js';
import { notRepeated } from './refused.js';

/** Pages of a client. */
export interface PagesOptions {
  readonly client: Got;
  readonly bearer: Bearer;
  readonly settings: CarrierSettings;
}

/** `paginate`, `paginate.each` and `paginate.all`. */
export function gotPages({ client, bearer, settings }: PagesOptions): GotPaginate {
  async function* each(input: GotInput, options?: OptionsInit): AsyncGenerator<unknown> {
    const { href, own } = readGotCall(input, options, bearer);
    const signal = own.signal ?? client.defaults.options.signal;
    const request = pageRequest({ client, bearer, settings }, own.method ?? 'GET', signal);
    try {
      yield* client.paginate(href, { ...own, request } as never);
    } catch (error) {
      throw gotFailure(error, signal);
    }
  }

  async function all(input: GotInput, options?: OptionsInit): Promise<unknown[]> {
    const items: unknown[] = [];
    for await (const item of each(input, options)) items.push(item);
    return items;
  }

  return Object.assign(each.bind(undefined), { each, all }) as unknown as GotPaginate;
}

function pageRequest(
  { bearer, settings }: PagesOptions,
  method: string,
  signal: AbortSignal | undefined,
): RequestFunction {
  return async function requestPage(url, native, callback) {
    const call = outboundCall(bearer, settings, { method, signal });
    try {
      const hop = gotHop({ bearer, settings, call, onRefused: notRepeated(call) });
      const request = await hop(url, native, callback);
      if (!request || !('once' in request)) throw new TypeError('no request was made');
      call.signal.addEventListener('abort', () => request.destroy(call.signal.reason));
      request.once('close', () => call.done());
      return request;
    } catch (error) {
      call.done();
      throw error;
    }
  };
}
