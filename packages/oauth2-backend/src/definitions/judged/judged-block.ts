/**
 * What the compiler says of a block of the configuration. A wrong attribute is given `Wrong<text>` for its type, so that the
 * error stands at the attribute and says in one line what is wrong. `I` is a block's interface, `B` the type of a block.
 */

/**
 * The type of what is wrong: nothing is assignable to it, and the compiler shows its text. A text by itself would do, but
 * takes a block with it out of what editors offer, as a member of a union that is discriminated otherwise.
 */
export interface Wrong<Text extends string> {
  readonly [wrong]: Text;
}

declare const wrong: unique symbol;

/**
 * What a block of interface `I` must be: its attributes but those that do not go with the others, no unknown ones, and
 * those that must not be missing.
 *
 * @typeParam Unfit a text for each attribute of `I` that does not go with the others
 * @typeParam Special the types of those whose type depends on `B`
 */
export type JudgedBlock<I, B, Block extends string, Unfit, Needed extends PropertyKey, Special> = Flat<
  { readonly [K in keyof I as K extends keyof Unfit ? never : K]?: K extends keyof Special ? Special[K] : I[K] } & {
    readonly [K in keyof B & keyof Unfit]?: IsGiven<B, K> extends true ? Unfit[K] : undefined;
  } & {
    readonly [K in UnknownNames<I, B>]: Wrong<`${K} is no attribute of ${Block}${DidYouMean<K, keyof I & string>}`>;
  } & { readonly [K in Exclude<Needed, keyof B>]: unknown }
>;

/** One object: an error in an intersection is told in one line more. */
type Flat<T> = { [K in keyof T]: T[K] };

/** Whether an attribute is there and not always `undefined`. */
export type IsGiven<B, K extends PropertyKey> = K extends keyof B
  ? IsAny<B[K]> extends true
    ? true
    : [B[K]] extends [undefined]
      ? false
      : true
  : false;

/** Whether one of several attributes is there. */
export type IsOneGiven<B, K extends PropertyKey> = true extends (K extends unknown ? IsGiven<B, K> : never)
  ? true
  : false;

/** Whether an attribute is there whatever the environment says. */
type IsAlwaysGiven<B, K extends PropertyKey> = K extends keyof B
  ? IsAny<B[K]> extends true
    ? false
    : undefined extends B[K]
      ? false
      : IsGiven<B, K>
  : false;

export type IsAny<T> = 0 extends 1 & T ? true : false;

export type IsUnion<T> = true extends IsOther<T> ? true : false;

type IsOther<T, Each = T> = Each extends unknown ? ([T] extends [Each] ? false : true) : never;

/** Whether a type has all attributes of the interface, as a variable of that type: there is nothing to judge. */
export type IsWide<B, I> = [keyof I] extends [keyof B] ? true : false;

/** The text for a file that is given beside what it holds; `never` when it is not. */
export type BesideValue<K, B> = K extends `${infer V}_file`
  ? [IsAlwaysGiven<B, K>, IsAlwaysGiven<B, V>] extends [true, true]
    ? Wrong<`${K} is given beside ${V}: give one of them`>
    : never
  : never;

/** What may stand in an attribute of type `T` given `V`: where `T` is one of a few, a value whose type is wide, too. */
export type ValueOf<T, V> = [Extract<WidePart<V>, WideOf<T>>] extends [never] ? T : T | WidePart<V>;

type WidePart<V> = V extends string
  ? string extends V
    ? string
    : never
  : V extends readonly (infer E)[]
    ? number extends E
      ? readonly number[]
      : never
    : never;

type WideOf<T> = T extends string ? string : T extends readonly number[] ? readonly number[] : never;

type UnknownNames<I, B> = {
  [K in Exclude<keyof B & string, keyof I>]: IsGiven<B, K> extends true ? K : never;
}[Exclude<keyof B & string, keyof I>];

type DidYouMean<K extends string, Known extends string> =
  Near<K, Known> extends infer N extends string
    ? [N] extends [never]
      ? ''
      : IsUnion<N> extends true
        ? ''
        : `; did you mean ${N}?`
    : '';

/** `clientId` for `client_id`, `scopes` for `scope`, `timeou` for `timeout`. */
type Near<K extends string, Known extends string> =
  SnakeCase<K> extends infer S extends string
    ? S extends Known
      ? S
      : Known extends unknown
        ? S extends `${Known}${string}`
          ? Known
          : Known extends `${S}${string}`
            ? Known
            : never
        : never
    : never;

type SnakeCase<K extends string> = K extends `${infer First}${infer Rest}`
  ? First extends '-'
    ? `_${SnakeCase<Rest>}`
    : First extends Lowercase<First>
      ? `${First}${SnakeCase<Rest>}`
      : `_${Lowercase<First>}${SnakeCase<Rest>}`
  : '';
