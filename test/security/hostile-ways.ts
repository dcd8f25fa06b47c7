/** Every way to hand a target to a backend. */
import { once } from 'node:events';
import type { Options, OptionsInit } from 'got';
import type { Backend } from 'oauth2-backend';

/** One way. */
export interface Way {
  readonly name: string;
  /** `text`: as given. `url`: the caller has parsed it, against the backend's base where it is relative. */
  readonly takes: 'text' | 'url';
  /** Whether the target is known only after a token was asked for. */
  readonly late?: boolean;
  /** Settles when the answer has come. */
  send(backend: Backend, input: never): Promise<unknown>;
}

/** Hooks of a caller that has his own idea of where requests go. */
const moved = (to: URL): OptionsInit => ({
  hooks: {
    beforeRequest: [
      (options) => {
        options.url = to;
      },
    ],
  },
});

const initialised = (to: URL): OptionsInit => ({
  hooks: {
    init: [
      (_plain, options) => {
        options.url = to;
      },
    ],
  },
});

const handled = (to: URL): object => ({
  handlers: [(options: Options, next: (options: Options) => unknown) => next(Object.assign(options, { url: to }))],
});

/** Waits for the end of a stream. */
const streamed = (stream: ReturnType<Backend['got']['stream']>) => once(stream.resume(), 'end');

type Texts = readonly [string, (backend: Backend, text: string) => Promise<unknown>][];
type Urls = readonly [string, (backend: Backend, url: URL) => Promise<unknown>, 'late'?][];

const texts: Texts = [
  ['got', async ({ got }, text) => got(text)],
  ['got.get', async ({ got }, text) => got.get(text)],
  ['got.post', async ({ got }, text) => got.post(text, { json: {} })],
  ['got({ url })', async ({ got }, text) => got({ url: text })],
  ['got.stream', async ({ got }, text) => streamed(got.stream(text))],
  ['got.paginate', async ({ got }, text) => got.paginate.all(text, { pagination: { transform: () => [] } } as never)],
  ['got.extend', async ({ got }, text) => got.extend({ headers: { 'x-extended': '1' } })(text)],
  ['fetch', async (backend, text) => (await backend.fetch(text)).text()],
  ['request', async (backend, text) => (await backend.request(text)).body.text()],
  ['fetch, POST', async (backend, text) => (await backend.fetch(text, { method: 'POST', body: 'x' })).text()],
];

const urls: Urls = [
  ['got(URL)', async ({ got }, url) => got(url)],
  ['got.stream(URL)', async ({ got }, url) => streamed(got.stream(url))],
  ['got.extend(URL)', async ({ got }, url) => got.extend({})(url)],
  ['got, hook of the call', async ({ got }, url) => got('x', moved(url)), 'late'],
  ['got, hook of extend', async ({ got }, url) => got.extend(moved(url))('x'), 'late'],
  ['got, init hook', async ({ got }, url) => got('x', initialised(url)), 'late'],
  ['got, handler', async ({ got }, url) => got.extend(handled(url) as never)('x'), 'late'],
  ['got.stream, hook', async ({ got }, url) => streamed(got.stream('x', { ...moved(url), isStream: true }))],
  ['got.paginate, hook', async ({ got }, url) => got.paginate.all('x', { ...moved(url), ...onePage } as never)],
  ['got.paginate, next page', async ({ got }, url) => got.paginate.all('x', nextPage(url) as never), 'late'],
  ['fetch(URL)', async (backend, url) => (await backend.fetch(url)).text()],
  ['request(URL)', async (backend, url) => (await backend.request(url)).body.text()],
  ['fetch(Request)', async (backend, url) => (await backend.fetch(new Request(url))).text()],
  ['fetch(Request, init)', async (backend, url) => (await backend.fetch(new Request(url), { method: 'PUT' })).text()],
];

const onePage = { pagination: { transform: () => [], paginate: () => false } };

function nextPage(url: URL): object {
  let pages = 0;
  return { pagination: { transform: () => [], paginate: () => (pages++ === 0 ? { url } : false) } };
}

/** All of them. */
export const ways: readonly Way[] = [
  ...texts.map(([name, send]): Way => ({ name, takes: 'text', send })),
  ...urls.map(([name, send, late]): Way => ({ name, takes: 'url', late: late === 'late', send })),
];
