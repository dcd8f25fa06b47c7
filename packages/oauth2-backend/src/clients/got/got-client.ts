/** got with the backend's token, target, limits and redirect rule. */

import got, {
  type CancelableRequest,
  type ExtendOptions,
  type Got,
  type GotPaginate,
  type GotRequestFunction,
  type GotStream,
  type HTTPAlias,
  type OptionsInit,
} from 'got';
import type { Bearer } from '../../bearer/bearer.js';
import { assertFrame } from '../../outbound/body-frame.js';
import { abandonBody } from '../../outbound/dropped-bodies.js';
import { OutboundCall, PLAIN_CALL } from '../../outbound/outbound-call.js';
import { type ClientSettings, defaultSettings } from '../../outbound/settings.js';
import { encodeOptions } from './body.js';
import { gotFailure } from './failure.js';
import { bodyOf, followBelow, type GotInput, ownOptions, readGotCall, walkable } from './options.js';
import { gotPromise } from './promise.js';
import { gotWithRepeats } from './repeat.js';
import { gotPages, gotStream } from './stream-and-pages.js';

/**
 * got for one backend: callable like got, with its shortcuts, `stream`, `paginate` and `extend`. A call whose answer refuses
 * the token is repeated with a newer one, unless its body is a stream; `stream` and `paginate` are not repeated.
 */
export type BackendGot = GotRequestFunction &
  Record<HTTPAlias, GotRequestFunction> & {
    readonly stream: GotStream;
    readonly paginate: GotPaginate;
    /** The same kind of client with these options as defaults. */
    extend(...options: readonly ExtendOptions[]): BackendGot;
  };

/**
 * A got that carries a bearer's token: relative inputs mean the bearer's origin and prefix, others must lie below them.
 *
 * @throws OriginError, AuthorizationHeaderError before anything is sent; token errors; got's own; the signal's own reason
 */
export function bearerGot(bearer: Bearer): BackendGot {
  return gotClient(bearer, defaultSettings(bearer.target.resolve('').origin));
}

/** got for one backend; what `extend` made is given as `client`. */
export function gotClient(bearer: Bearer, settings: ClientSettings, client = ownClient(bearer)): BackendGot {
  const stream = (input: GotInput, options?: OptionsInit) => gotStream({ client, bearer, settings, input, options });
  const paginate = gotPages({ client, bearer, settings });

  return Object.assign(request, withMethods(request), {
    stream: Object.assign(stream, withMethods(stream)),
    paginate,
    extend(...options: readonly ExtendOptions[]) {
      return gotClient(
        bearer,
        settings,
        client.extend(...options.map((each) => walkable(ownOptions(each, bearer), client.defaults.options))),
      );
    },
  }) as unknown as BackendGot;

  function request(input: GotInput, options?: OptionsInit): CancelableRequest<never> {
    let call: OutboundCall | undefined;
    const fail = (error: unknown) => gotFailure(error, call);

    return gotPromise({
      fail,
      async run(progress) {
        let body = bodyOf(input, options);
        try {
          const { href, own } = readGotCall(input, options, bearer);
          const { options: defaults } = client.defaults;
          const method = own.method ?? defaults.method;
          const signal = own.signal ?? defaults.signal;
          const started = new OutboundCall(bearer, settings, { ...PLAIN_CALL, method, signal });
          call = started;
          progress.onCancel = () => started.abort(new DOMException('the caller has cancelled', 'AbortError'));
          const encoding = encodeOptions(own, defaults);
          const encoded = 'then' in encoding ? await encoding : encoding;
          body = encoded.options.body;
          const sent = encoded.replayable ? { bytes: body as string | Uint8Array } : { stream: body };
          assertFrame({ ...defaults.headers, ...encoded.options.headers }, sent);
          return await gotWithRepeats({ client, bearer, call: started, href, encoded, progress });
        } catch (error) {
          const failure = fail(error);
          abandonBody(body, failure);
          throw failure;
        } finally {
          call?.done();
        }
      },
    });
  }
}

function withMethods<R>(call: (input: GotInput, options?: OptionsInit) => R): Record<string, typeof call> {
  const methods: Record<string, typeof call> = {};
  for (const method of METHODS) methods[method] = (input, options) => call(input, { ...options, method });
  return methods;
}

const METHODS = ['get', 'post', 'put', 'patch', 'head', 'delete'] as const;

/** The got that all backends extend: nothing is retried, and no inbound header passed on, unless the caller asks for it. */
const base: Got = got.extend({ retry: { limit: 0 }, copyPipedHeaders: false });

/** By bearer, because `extend` costs more than a request: those of all inbound requests share one. */
const ownClients = new WeakMap<Bearer, Got>();

function ownClient(bearer: Bearer): Got {
  const known = ownClients.get(bearer);
  if (known) return known;
  const { options } = base.defaults;
  const made = base.extend(walkable({ followRedirect: followBelow(bearer, options.followRedirect) }, options));
  ownClients.set(bearer, made);
  return made;
}
