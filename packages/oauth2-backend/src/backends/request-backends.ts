/** What the adapters share: backends that are attached to inbound requests. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BackendDefinitionsInput, NamesOf } from '../definitions/judged/backend-definitions-input.js';
import type { JudgedDefinitions } from '../definitions/judged/judged-definitions.js';
import { givenOptions } from '../definitions/schema/given-options.js';
import { ConfigurationError, type Problem } from '../errors.js';
import { requestContext } from '../outbound/request-context.js';
import type { Backend } from './backend.js';
import { type Backends, createBackends } from './backends.js';
import { refuseBareCall } from './bare-call.js';
import type { BackendsOptions } from './options.js';
import { RequestView } from './request-view.js';

/**
 * Augmented by the application, so that requests know its backends:
 * `declare module 'oauth2-backend' { interface Register { backends: typeof definitions } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by augmentation
export interface Register {}

/** The backends of a request: those that the application has registered, else a backend by any name. */
export type RegisteredBackends = Register extends { backends: infer D }
  ? BackendsOf<D>
  : Readonly<Record<string, Backend>>;

/** A backend for each definition, tied to one inbound request. */
export type BackendsOf<D> = { readonly [N in NamesOf<D>]: Backend };

/** What an adapter takes beside the options of `createBackends`. */
export interface RequestBackendsOptions extends BackendsOptions {
  /** The member of the request that holds the backends. Default `backends`. */
  readonly property?: string | undefined;
}

/** Any that `createBackends` gave. */
export type MadeBackends = Backends<BackendDefinitionsInput>;

/** The definitions of what was given: `D`, or those of `M` where backends were given. */
export type DefinitionsOf<D, M> =
  IsMade<M> extends true
    ? M extends Backends<infer Made>
      ? Made
      : never
    : D extends BackendDefinitionsInput
      ? D
      : never;

/** The options beside it. */
export type OptionsBeside<M> =
  IsMade<M> extends true ? Pick<RequestBackendsOptions, 'property'> : RequestBackendsOptions;

/** Where definitions were given, nothing more exact was inferred than what the type parameter may be. */
type IsMade<M> = [M] extends [never] ? false : [MadeBackends] extends [M] ? false : true;

/** `Backends` that can be attached to inbound requests. */
export interface RequestBackends<D extends BackendDefinitionsInput> extends Backends<D> {
  /**
   * Adds these backends to the request's; everything else waits until one is read.
   *
   * @param inbound the framework's own object, which gets the member
   * @throws ConfigurationError when a name or the member is taken
   */
  attach(request: IncomingMessage, response: ServerResponse, inbound: object): void;
  /**
   * The backends of a request, exactly typed.
   *
   * @throws ConfigurationError when they were not attached to it
   */
  of(inbound: object): BackendsOf<D>;
}

/**
 * Gives backends that can be attached to requests, from definitions or from what `createBackends` gave.
 *
 * @throws ConfigurationError for wrong definitions and options
 */
export function requestBackends<const D extends BackendDefinitionsInput, const M extends MadeBackends = never>(
  given: JudgedDefinitions<D> | M,
  options?: RequestBackendsOptions,
): RequestBackends<DefinitionsOf<D, M>> {
  refuseBareCall(given, options, 'backends(definitions)');
  const { property = 'backends', ...others } = givenOptions(options);
  const backends = resolve<DefinitionsOf<D, M>>(given, property, others);

  return {
    ...backends,
    attach(request, response, inbound) {
      const view =
        RequestView.at(inbound, property) ??
        RequestView.put(inbound, property, requestContext(request, response, inbound));
      view.add(backends);
    },
    of(inbound) {
      const tied = RequestView.at(inbound, property)?.tied(backends);
      if (tied) return tied as BackendsOf<DefinitionsOf<D, M>>;
      const message = `the middleware that gives ${backends.names.join(', ')} has not run on this request`;
      throw new ConfigurationError([{ path: '', message }]);
    },
  };
}

function resolve<D extends BackendDefinitionsInput>(
  given: unknown,
  property: unknown,
  options: BackendsOptions,
): Backends<D> {
  const problems: Problem[] = [];
  if (typeof property !== 'string' || property === '') {
    problems.push({ path: 'property', message: 'must be a non-empty string' });
  }
  if (isBackends<D>(given)) {
    for (const path of Object.keys(options)) {
      problems.push({ path, message: 'is refused beside made backends; give it to createBackends' });
    }
    if (problems.length === 0) return given;
  } else {
    try {
      const made = createBackends<D>(given as JudgedDefinitions<D>, options);
      if (problems.length === 0) return made;
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      problems.push(...error.problems);
    }
  }
  throw new ConfigurationError(problems);
}

// A definition is a plain object with definitions in it, never functions.
function isBackends<D extends BackendDefinitionsInput>(given: unknown): given is Backends<D> {
  const { for: tie, get } = (given ?? {}) as Partial<Backends<D>>;
  return typeof tie === 'function' && typeof get === 'function';
}
