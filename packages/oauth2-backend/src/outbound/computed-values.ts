/** Values of headers and query parameters that functions of the application give, for each call. */

import type { ValueFunction } from '../definitions/connection-definition.js';
import type { ComputedModifiers, ComputedValues, NamedValues } from '../definitions/resolved.js';
import { kindOf } from '../definitions/schema/members.js';
import { isFieldValue } from '../definitions/schema/values.js';
import { ConfigurationError } from '../errors.js';
import type { RequestContext } from '../token.js';
import type { ClientSettings } from './settings.js';

interface Owner {
  /** Name of the backend, for messages. */
  readonly name: string;
  /** Whether the request is an inbound one that is sent on: what stands there by such a name is the client's. */
  readonly forwarded: boolean;
}

/**
 * The settings of one call, with all values in their places. By the name of a function nothing comes from the inbound client.
 *
 * @throws ConfigurationError for what is neither text, a list of it, nor `undefined`; what a function throws, as it is
 */
export async function computedSettings(
  settings: ClientSettings,
  computed: ComputedModifiers,
  owner: Owner,
): Promise<ClientSettings> {
  const { headers, query } = computed;
  const give = (attribute: string, values: ComputedValues, fits: (text: string) => boolean) =>
    givenValues({ place: `${owner.name}.${attribute}`, context: settings.context, fits }, values);
  // Side by side: one of them may ask a database.
  const [setHeaders, addHeaders, setParams, addParams] = await Promise.all([
    give('set_request_headers', headers.set, isFieldValue),
    give('add_request_headers', headers.add, isFieldValue),
    give('set_query_params', query.set, isWellFormed),
    give('add_query_params', query.add, isWellFormed),
  ]);
  const taken = (values: typeof headers) => [
    ...functionNames(values.set),
    ...(owner.forwarded ? functionNames(values.add) : []),
  ];
  const names = [...functionNames(headers.set), ...functionNames(headers.add)];
  return {
    ...settings,
    headers: { remove: [...settings.headers.remove, ...taken(headers)], set: setHeaders, add: addHeaders },
    query: { remove: [...settings.query.remove, ...taken(query)], set: setParams, add: addParams },
    // They are given once for each call, whatever repeats and redirects there are.
    computed: undefined,
    forwardHeaders: settings.forwardHeaders?.filter((name) => !names.includes(name)),
  };
}

interface Giving {
  readonly place: string;
  readonly context: RequestContext | undefined;
  readonly fits: (text: string) => boolean;
}

async function givenValues(giving: Giving, values: ComputedValues): Promise<NamedValues> {
  const all = await Promise.all(
    values.map(async ([name, given]) => {
      const list = typeof given === 'function' ? await fromFunction(giving, name, given) : given;
      return list.length > 0 ? ([name, list] as const) : undefined;
    }),
  );
  return all.filter((each) => each !== undefined);
}

async function fromFunction(
  { place, context, fits }: Giving,
  name: string,
  give: ValueFunction,
): Promise<readonly string[]> {
  const value: unknown = await give(context);
  if (value === undefined) return [];
  const list: readonly unknown[] = Array.isArray(value) ? [...value] : [value];
  for (const one of list) {
    if (typeof one === 'string' && fits(one)) continue;
    const what = typeof one === 'string' ? 'text that cannot be sent' : kindOf(one);
    const message = `its function must give a string, a list of strings, or undefined; it gave ${what}`;
    throw new ConfigurationError([{ path: `${place}.${name}`, message }]);
  }
  return list as readonly string[];
}

function functionNames(values: ComputedValues): string[] {
  return values.flatMap(([name, given]) => (typeof given === 'function' ? [name] : []));
}

/** Half of a surrogate pair has no UTF-8 form. */
function isWellFormed(text: string): boolean {
  return !/\p{Cs}/u.test(text);
}
