/** What the compiler says of `tls` and `step_up`. */

import type { StepUpDefinition } from '../oauth2-definition.js';
import type { TlsDefinition } from '../tls-definition.js';
import type { BesideValue, IsGiven, IsOneGiven, JudgedBlock } from './judged-block.js';

export type JudgedTls<B> = JudgedBlock<TlsDefinition, B, 'tls', UnfitTls<B>, OtherHalf<B>, unknown>;

type UnfitTls<B> = {
  readonly [K in keyof TlsDefinition & `${string}_file` as BesideValue<K, B> extends never ? never : K]: BesideValue<
    K,
    B
  >;
};

type OtherHalf<B> =
  | (IsOneGiven<B, Certificate> extends true ? (IsOneGiven<B, Key> extends true ? never : 'client_private_key') : never)
  | (IsOneGiven<B, Key> extends true
      ? IsOneGiven<B, Certificate> extends true
        ? never
        : 'client_certificate'
      : never);

type Certificate = 'client_certificate' | 'client_certificate_file';
type Key = 'client_private_key' | 'client_private_key_file';

export type JudgedStepUp<B> = JudgedBlock<StepUpDefinition, B, 'step_up', unknown, Allowed<B>, unknown>;

type Allowed<B> = IsGiven<B, 'scopes'> extends true ? never : true extends B[keyof B & 'claims'] ? never : 'scopes';
