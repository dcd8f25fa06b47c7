/** The widest type of definitions: it gives functions their parameters, and leaves the judgement to `JudgedDefinitions`. */

import type { BackendDefinition } from '../definition.js';
import type { JwtSigningProfile } from '../jwt-signing-profile.js';
import type { OAuth2Definition, TokenBackendDefinition } from '../oauth2-definition.js';

/** Definitions as `createBackends` takes them: literals, variables `as const`, and what is imported from a JSON file. */
export type BackendDefinitionsInput = Readonly<Record<string, object | string | Hint<BackendDefinition>>>;

/** The names of definitions; a JSON file may have a `$schema` beside them, for editors. */
export type NamesOf<D> = Exclude<keyof D, '$schema'>;

/** What an editor knows while it knows nothing else. Being callable it offers no names: those that go with the grant come of the judgement. */
type Callable = (nothing: never) => never;

type Hint<T> = Callable & { readonly [K in keyof T]?: LooseValue<T[K]> };

type LooseValue<T> = Anything | Typed<T>;

type Anything = string | number | bigint | boolean | symbol | object | null | undefined;

type Typed<T> = T extends (...of: infer P) => unknown
  ? (...of: P) => unknown
  : T extends OAuth2Definition | TokenBackendDefinition | JwtSigningProfile
    ? Hint<T>
    : T extends Readonly<Record<string, infer V>>
      ? string extends keyof T
        ? Readonly<Record<string, LooseValue<V>>>
        : never
      : never;
