/** An answer of fetch whose body is still coming: what it fails with is the call's to say. */

import { type ResponseInit, Response as UndiciResponse } from 'undici';

/** What only fetch can give an answer: `headers` that nobody changes, any reason phrase a server sends. */
type FetchOnly = Pick<Response, 'url' | 'type' | 'redirected' | 'statusText' | 'headers'>;

/** The same answer; its body fails with `failureOf(error)` instead of fetch's own error. */
export function withBodyFailure(response: Response, failureOf: (error: unknown) => unknown): Response {
  const { status, headers, body } = response;
  // A `Response` of this status cannot be made; fetch's own stays.
  if (!body || status > 599) return response;
  const contentType = headers.get('content-type');
  // The type is what `blob()` and `formData()` go by.
  const init: ResponseInit = contentType === null ? { status } : { status, headers: { 'content-type': contentType } };
  return asAnswer(new UndiciResponse(followed(response, failureOf), init), response);
}

/** Its clones are given the same. */
function asAnswer(copy: Response, { url, type, redirected, statusText, headers }: FetchOnly): Response {
  const clone = copy.clone.bind(copy);
  return Object.defineProperties(copy, {
    url: { value: url, configurable: true },
    type: { value: type, configurable: true },
    redirected: { value: redirected, configurable: true },
    statusText: { value: statusText, configurable: true },
    headers: { value: headers, configurable: true },
    clone: { value: () => asAnswer(clone(), { url, type, redirected, statusText, headers }), configurable: true },
  });
}

/**
 * Read only when it is read: undici gives up an answer that is collected unread, unless somebody has locked its body.
 * It holds on to the answer itself for the same reason.
 */
function followed(response: Response, failureOf: (error: unknown) => unknown): ReadableStream<Uint8Array> {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  const open = () => {
    reader ??= (response.body as ReadableStream<Uint8Array>).getReader();
    return reader;
  };
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      try {
        const { done, value } = await open().read();
        if (!done) return controller.enqueue(value);
        controller.close();
        return controller.byobRequest?.respond(0);
      } catch (error) {
        return controller.error(failureOf(error));
      }
    },
    cancel: (reason) => open().cancel(reason),
  });
}
