/** What goes with the grant and the client authentication of an `oauth2` block, by the tables that the run time has. */

import type { CLIENT_AUTH_METHODS, ClientAuthMethod } from '../client-auth-methods.js';
import type { GRANTS, GrantType, JWT_BEARER } from '../grant-types.js';
import type { BesideValue, IsGiven, IsOneGiven, IsUnion, Wrong } from './judged-block.js';

/** The grant of a block; `string` where it is not one of ours, or not known to the compiler. */
export type GrantOf<B> = OneOf<B[keyof B & 'grant_type'], GrantType>;

/** The method of a block; `string` where it is not known to the compiler. */
export type MethodOf<B> =
  IsGiven<B, 'token_endpoint_auth_method'> extends true
    ? OneOf<B[keyof B & 'token_endpoint_auth_method'], ClientAuthMethod>
    : 'client_secret_basic';

type OneOf<V, Known extends string> = [V] extends [never]
  ? string
  : IsUnion<V> extends true
    ? string
    : [V] extends [Known]
      ? V
      : string;

/** Which signature a `jwt_signing_profile` makes: `'secret'`, `'key'`, `'grant'`, `'nothing'`; `unknown` where that is not known. */
export type SignatureOf<B, G, M> = M extends ClientAuthMethod
  ? IsAnonymous<B, G> extends true
    ? GrantSignature<B, G>
    : 'secret' extends Traits<M>['signsWith']
      ? 'secret'
      : 'key' extends Traits<M>['signsWith']
        ? 'key'
        : GrantSignature<B, G>
  : unknown;

type GrantSignature<B, G> = G extends GrantType ? (MakesAssertion<B, G> extends true ? 'grant' : 'nothing') : unknown;

type MakesAssertion<B, G> = G extends typeof JWT_BEARER
  ? IsOneGiven<B, 'assertion' | 'assertion_file'> extends true
    ? false
    : true
  : false;

/** What each attribute that does not go with the others is told. */
export type Unfit<B, G, M> = {
  readonly [K in Dependent as IsFit<K, B, G, M> extends true ? never : K]: UnfitText<K, B, G, M>;
};

/** The attributes that do not go with everything. */
type Dependent =
  | OwnOfGrants
  | 'token_endpoint_auth_method'
  | 'client_secret'
  | 'client_secret_file'
  | 'jwt_signing_profile';

type IsFit<K, B, G, M> = [UnfitText<K, B, G, M>] extends [never] ? true : false;

type UnfitText<K, B, G, M> = K extends OwnOfGrants
  ? OwnText<K, B, G>
  : K extends 'token_endpoint_auth_method'
    ? MethodText<B, G, M>
    : K extends 'client_secret' | 'client_secret_file'
      ? SecretText<K, B, G, M>
      : K extends 'jwt_signing_profile'
        ? SignatureOf<B, G, M> extends 'nothing'
          ? Wrong<`${K} does nothing here: no client assertion is asked for, nor one of jwt-bearer missing`>
          : never
        : never;

type OwnOfGrants = (typeof GRANTS)[GrantType]['own'][number];

type OwnText<K extends string, B, G> = G extends GrantType
  ? K extends (typeof GRANTS)[G]['own'][number]
    ? K extends 'subject'
      ? SubjectText<B, G>
      : BesideValue<K, B>
    : Wrong<`${K} does not go with grant_type ${G}`>
  : never;

/** It tells apart what functions make of the context. */
type SubjectText<B, G> = G extends typeof JWT_BEARER
  ? IsOneGiven<B, 'assertion' | 'assertion_file'> extends true
    ? FunctionIn<B, 'assertion'>
    : B extends { readonly jwt_signing_profile: infer P }
      ? FunctionIn<P, 'claims'>
      : never
  : never;

type FunctionIn<B, K extends string> = [Extract<B[keyof B & K], (...of: never) => unknown>] extends [never]
  ? Wrong<`subject does nothing without a function as ${K}`>
  : never;

type MethodText<B, G, M> =
  IsAnonymous<B, G> extends true
    ? Wrong<`token_endpoint_auth_method needs client_id`>
    : [G, M] extends ['client_credentials', 'none']
      ? Wrong<`token_endpoint_auth_method none does not go with grant_type client_credentials`>
      : never;

type SecretText<K extends string, B, G, M> =
  IsAnonymous<B, G> extends true
    ? Wrong<`${K} needs client_id`>
    : M extends ClientAuthMethod
      ? Traits<M>['secret'] extends false
        ? Wrong<`${K} does not go with token_endpoint_auth_method ${M}`>
        : BesideValue<K, B>
      : BesideValue<K, B>;

/** Whether the client is not named, and need not be. */
type IsAnonymous<B, G> = G extends GrantType
  ? [IsGiven<B, 'client_id'>, (typeof GRANTS)[G]['clientOptional']] extends [false, true]
    ? true
    : false
  : false;

type Traits<M extends ClientAuthMethod> = (typeof CLIENT_AUTH_METHODS)[M];

/** What must not be missing. */
export type Needed<B, G, M> =
  | 'grant_type'
  | 'token_endpoint'
  | ClientNeeds<B, G, M>
  | GrantNeeds<B, G>
  | (SignatureOf<B, G, M> extends infer S
      ? S extends 'secret' | 'key'
        ? 'jwt_signing_profile' | (MakesAssertion<B, G> extends true ? 'assertion' : never)
        : S extends 'grant'
          ? IsGiven<B, 'jwt_signing_profile'> extends true
            ? never
            : 'assertion'
          : never
      : never);

type ClientNeeds<B, G, M> = G extends GrantType
  ? IsAnonymous<B, G> extends true
    ? never
    : 'client_id' | (M extends ClientAuthMethod ? SecretNeed<B, M> : never)
  : never;

type SecretNeed<B, M extends ClientAuthMethod> = Traits<M>['secret'] extends true ? OrFile<B, 'client_secret'> : never;

type GrantNeeds<B, G> =
  | (G extends 'password' ? 'username' | OrFile<B, 'password'> : never)
  | (IsOneGiven<B, 'actor_token' | 'actor_token_file'> extends true ? 'actor_token_type' : never)
  | (IsGiven<B, 'actor_token_type'> extends true ? OrFile<B, 'actor_token'> : never)
  | (B extends { readonly require_verified_subject: true } ? 'subject_token' : never);

type OrFile<B, K extends string> = IsOneGiven<B, K | `${K}_file`> extends true ? never : K;
