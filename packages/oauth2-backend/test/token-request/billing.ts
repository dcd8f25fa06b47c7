import {
  type Backend,
  type Backends,
  type BackendsOptions,
  createBackends,
  type OAuth2Definition,
} from 'oauth2-backend';

/** One backend named `billing` whose tokens come from the given endpoint. */
export interface Billing {
  readonly backend: Backend;
  readonly backends: Backends;
  /** What `token()` rejects with; throws when it does not. */
  failure(): Promise<Error & Record<string, unknown>>;
}

/** Makes it; the secret is `s3cret-of-the-shop` unless the test says otherwise. */
export function billing(
  tokenEndpoint: string,
  oauth2: Partial<OAuth2Definition> = {},
  options?: BackendsOptions,
): Billing {
  const backends = createBackends(
    {
      billing: {
        origin: 'http://127.0.0.1:9',
        oauth2: {
          grant_type: 'client_credentials',
          token_endpoint: tokenEndpoint,
          client_id: 'shop',
          client_secret: 's3cret-of-the-shop',
          ...oauth2,
        },
      },
    },
    options,
  );
  const backend = backends.get('billing');
  return {
    backend,
    backends,
    failure: () =>
      backend.token().then(
        () => Promise.reject(new Error('a token came')),
        (error) => error,
      ),
  };
}
