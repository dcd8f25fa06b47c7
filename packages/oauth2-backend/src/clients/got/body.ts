/** The body of a got call, encoded once. */

import type { OptionsInit } from 'got';
import { ownMembers } from '../../definitions/own-members.js';
import { encodeBody } from '../../outbound/replayable-body.js';

/** Options without a prototype, whose body, if any, is bytes that can be sent again - or a stream that cannot. */
export interface EncodedOptions {
  readonly options: OptionsInit;
  readonly replayable: boolean;
}

/** What an instance adds to each call's options. */
interface InstanceBody {
  readonly body?: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly stringifyJson: (value: unknown) => string;
}

/** Encodes `json`, `form` or `body`; a second one beside it is left to got, which refuses it. */
export function encodeOptions(options: OptionsInit, instance: InstanceBody): EncodedOptions | Promise<EncodedOptions> {
  if (options.json === undefined && options.form === undefined && options.body === undefined) {
    return { options, replayable: instance.body === undefined || typeof instance.body === 'string' };
  }
  const { json, form, body, ...rest } = options;
  const given = [json, form, body].filter((value) => value !== undefined);
  if (given.length > 1) return { options, replayable: false };

  const finish = (bytes: string | Uint8Array, contentType: string | undefined): EncodedOptions => ({
    options: ownMembers({
      ...rest,
      body: bytes,
      headers: withContentType(options.headers, instance.headers, contentType),
    }),
    replayable: true,
  });
  if (json !== undefined) return finish((options.stringifyJson ?? instance.stringifyJson)(json), 'application/json');
  if (form !== undefined)
    return finish(new URLSearchParams(form as Record<string, string>).toString(), 'application/x-www-form-urlencoded');

  const plain = typeof body === 'string' || ArrayBuffer.isView(body);
  const encoded = encodeBody(body);
  const settle = ({ bytes, stream, contentType }: Awaited<typeof encoded>): EncodedOptions => {
    if (bytes !== undefined) return finish(bytes, plain ? undefined : contentType);
    const headers = withContentType(options.headers, instance.headers, contentType);
    return { options: ownMembers({ ...rest, body: stream as NonNullable<typeof body>, headers }), replayable: false };
  };
  // Not `instanceof`: under a test runner a Blob's promise is of another realm.
  return 'then' in encoded ? encoded.then(settle) : settle(encoded);
}

type Headers = OptionsInit['headers'];

function withContentType(
  headers: Headers,
  instance: InstanceBody['headers'],
  contentType: string | undefined,
): NonNullable<Headers> {
  const named = [...Object.keys(headers ?? {}), ...Object.keys(instance)].some(
    (name) => name.toLowerCase() === 'content-type',
  );
  return contentType === undefined || named ? { ...headers } : { ...headers, 'content-type': contentType };
}
