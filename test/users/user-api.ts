/** An API in which each user has a path, `/users/<user>/…`, and which looks whether the token is that user's. */
import { createServer } from 'node:http';
import { listen } from 'test-servers/listen';

export interface UserApi {
  readonly origin: string;
  /** Requests that came with the token of somebody else, or with none: `user-1 as user-2`. */
  readonly strangers: readonly string[];
  /** How many requests came. */
  requests(): number;
  close(): Promise<void>;
}

/** Starts it on a free loopback port. @param subjectOf verifies a token and gives its `sub` */
export async function userApi(subjectOf: (token: string) => Promise<string>): Promise<UserApi> {
  const verified = new Map<string, Promise<string>>();
  const strangers: string[] = [];
  let requests = 0;
  const server = createServer({ keepAliveTimeout: 60_000 }, ({ url = '', headers }, response) => {
    requests += 1;
    const user = url.split('/')[2];
    const token = headers.authorization?.replace(/^Bearer /, '') ?? '';
    const known = verified.get(token) ?? subjectOf(token).catch(() => 'nobody');
    verified.set(token, known);
    void known.then((subject) => {
      if (subject !== user) strangers.push(`${user} as ${subject}`);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ user: subject }));
    });
  });

  return { ...(await listen(server)), strangers, requests: () => requests };
}
