/** What the compiler says of definitions: an attribute that is wrong has an error of its own, in one line. */

import type { TokenSource } from '../../token.js';
import type { BackendDefinition } from '../definition.js';
import type { JwtSigningProfile } from '../jwt-signing-profile.js';
import type { OAuth2Definition, StepUpDefinition, TokenBackendDefinition } from '../oauth2-definition.js';
import type { TlsDefinition } from '../tls-definition.js';
import type { BackendDefinitionsInput, NamesOf } from './backend-definitions-input.js';
import type { IsAny, IsGiven, IsUnion, IsWide, JudgedBlock, ValueOf, Wrong } from './judged-block.js';
import type { GrantOf, MethodOf, Needed, SignatureOf, Unfit } from './judged-grant.js';
import type { JudgedSigning } from './judged-signing.js';
import type { JudgedStepUp, JudgedTls } from './judged-tls.js';

/**
 * What definitions of type `D` have to be: `D` itself where nothing is wrong. For functions of your own that hand
 * definitions on: `function make<const D extends BackendDefinitionsInput>(definitions: JudgedDefinitions<D>)`.
 */
export type JudgedDefinitions<D> = [D] extends [never]
  ? D
  : [BackendDefinitionsInput] extends [D]
    ? BackendDefinitionsInput
    : { readonly [N in keyof D]: N extends '$schema' ? string : JudgedName<N, JudgedBackend<D[N], NamesOf<D>>> };

type JudgedName<N, Judged> = [NameText<N>] extends [never] ? Judged : NameText<N>;

type NameText<N> = N extends 'then' | 'toJSON' | 'constructor' | 'prototype'
  ? Wrong<`${N} is no name for a backend: JavaScript gives it a meaning`>
  : N extends `${Digit | '_' | '-'}${string}` | `${string}${' ' | '.' | '/' | ':'}${string}` | ''
    ? Wrong<`${N} is no name for a backend: letters, digits, _ and -, a letter first`>
    : never;

type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';

type JudgedBackend<B, Names> =
  IsAny<B> extends true
    ? B
    : IsUnion<B> extends true
      ? [BackendDefinitionsInput[string]] extends [B]
        ? B
        : OrWrong<B, WrongBackend<B, Names>>
      : B extends object
        ? OneBackend<B, Names>
        : BackendDefinition;

type WrongBackend<B, Names> = B extends OneBackend<B, Names> ? never : Shown<OneBackend<B, Names>, B>;

type OneBackend<B, Names> =
  IsWide<B, BackendDefinition> extends true
    ? BackendDefinition
    : JudgedBlock<BackendDefinition, B, 'a backend', UnfitConnection<B>, 'origin', ConnectionValues<B, Names>>;

type JudgedTokenBackend<B, Names, NeedsOrigin> =
  IsWide<B, TokenBackendDefinition> extends true
    ? TokenBackendDefinition
    : JudgedBlock<
        TokenBackendDefinition,
        B,
        'a token backend',
        UnfitConnection<B>,
        NeedsOrigin extends true ? 'origin' : never,
        ConnectionValues<B, Names>
      >;

/** A token stands in the Authorization header, unless another header is named. */
type UnfitConnection<B> = [IsGiven<B, 'oauth2'>, IsGiven<B, 'token_header'>] extends [true, false]
  ? {
      readonly basic_auth: Wrong<'basic_auth does not go with oauth2 unless token_header names another header for the token'>;
    }
  : unknown;

interface ConnectionValues<B, Names> {
  readonly tls: Nested<'tls', B> | undefined;
  readonly abort_on_disconnect: ValueOf<BackendDefinition['abort_on_disconnect'], B[keyof B & 'abort_on_disconnect']>;
  readonly oauth2: JudgedTokens<Exclude<B[keyof B & 'oauth2'], undefined>, Names> | undefined;
}

type JudgedTokens<V, Names> =
  IsAny<V> extends true ? V : IsUnion<V> extends true ? OrWrong<V, WrongTokens<V, Names>> : OneTokens<V, Names>;

type WrongTokens<V, Names> = V extends OneTokens<V, Names> ? never : Shown<OneTokens<V, Names>, V>;

type OneTokens<V, Names> = [V] extends [never]
  ? OAuth2Definition | TokenSource
  : V extends { token(...of: never): unknown }
    ? TokenSource
    : V extends object
      ? IsWide<V, OAuth2Definition> extends true
        ? OAuth2Definition
        : JudgedOAuth2<V, Names, GrantOf<V>, MethodOf<V>>
      : OAuth2Definition | TokenSource;

type JudgedOAuth2<B, Names, G, M> = JudgedBlock<
  OAuth2Definition,
  B,
  'oauth2',
  Unfit<B, G, M>,
  Needed<B, G, M> | (IsPath<B> extends true ? (IsGiven<B, 'backend'> extends true ? never : 'backend') : never),
  OAuth2Values<B, Names, SignatureOf<B, G, M>>
>;

interface OAuth2Values<B, Names, With> {
  readonly token_endpoint_auth_method: Enumerated<B, 'token_endpoint_auth_method'>;
  readonly basic_encoding: Enumerated<B, 'basic_encoding'>;
  readonly refused_statuses: Enumerated<B, 'refused_statuses'>;
  readonly step_up: Nested<'step_up', B> | undefined;
  readonly jwt_signing_profile: Nested<'jwt_signing_profile', B, With> | undefined;
  readonly backend: Nested<'backend', B, IsPath<B>, Names> | undefined;
}

type Enumerated<B, K extends keyof OAuth2Definition> = ValueOf<OAuth2Definition[K], B[keyof B & K]>;

/** Whether the token endpoint is a path, which needs a token backend. */
type IsPath<B> = B extends { readonly token_endpoint: `/${string}` } ? true : false;

/** The block that an attribute is, judged; `Known` is what is known from outside of it. */
type Nested<K extends keyof Judgements<unknown, unknown, unknown>, B, Known = unknown, Names = unknown> = EachOf<
  K,
  Exclude<B[keyof B & K], undefined>,
  Known,
  Names
>;

type EachOf<K extends keyof Judgements<unknown, unknown, unknown>, V, Known, Names> =
  IsAny<V> extends true
    ? V
    : IsUnion<V> extends true
      ? OrWrong<V, WrongOf<K, V, Known, Names>>
      : Judgements<V, Known, Names>[K];

type WrongOf<K extends keyof Judgements<unknown, unknown, unknown>, V, Known, Names> = V extends Judgements<
  V,
  Known,
  Names
>[K]
  ? never
  : Shown<Judgements<V, Known, Names>[K], V>;

interface Judgements<V, Known, Names> {
  readonly tls: [V] extends [never] ? TlsDefinition : V extends object ? JudgedTls<V> : TlsDefinition;
  readonly step_up: [V] extends [never] ? StepUpDefinition : V extends object ? JudgedStepUp<V> : StepUpDefinition;
  readonly jwt_signing_profile: [V] extends [never]
    ? JwtSigningProfile
    : V extends object
      ? IsWide<V, JwtSigningProfile> extends true
        ? JwtSigningProfile
        : JudgedSigning<V, Known>
      : JwtSigningProfile;
  readonly backend: [V] extends [never]
    ? OAuth2Definition['backend']
    : V extends string
      ? string extends V | Names
        ? string
        : V extends Names
          ? V
          : Wrong<`no backend is called ${V}`>
      : V extends object
        ? JudgedTokenBackend<V, Names, Known>
        : OAuth2Definition['backend'];
}

/** One of several is right when it is what its own judgement asks for. */
type OrWrong<V, Judged> = [Judged] extends [never] ? V : Judged;

/** The texts in a judgement, else all of it. */
type Shown<Judged, B> = [TextsIn<Judged, keyof B & keyof Judged>] extends [never]
  ? Judged
  : TextsIn<Judged, keyof B & keyof Judged>;

type TextsIn<Judged, K extends keyof Judged> = K extends unknown ? Extract<Judged[K], Wrong<string>> : never;
