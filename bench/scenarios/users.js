/** Ten thousand users, each with a token. */
import { figure, number } from '../report/figures.js';
import { userMemory } from './user-memory.js';

/** What a user costs beyond the token itself. */
export async function users(world, { pick }) {
  const count = pick(10_000, 300);
  const { token, beyond } = await userMemory(world, { count, client: 'users' });
  return {
    title: `${number(count)} users`,
    text: `Grant jwt-bearer with \`subject\` and a function \`assertion\`, each user in a request context of their own. Heap after garbage collection, less the characters of the tokens.`,
    columns: ['users', 'token, bytes', 'a user beyond the token, bytes'],
    rows: [[number(count), number(token), number(beyond)]],
    figures: [figure('a user beyond the token', beyond / 1000, { atMost: 1.5, unit: ' KB' })],
  };
}
