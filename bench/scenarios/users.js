/** Ten thousand users, each with a token. */
import { childProcess } from '../child-process.js';
import { figure, number } from '../figures.js';

/** What a user costs beyond the token itself. */
export async function users(world, { pick }) {
  const count = pick(10_000, 300);
  const process = childProcess('users-process.js');
  await process.ask('open', { origin: world.origins.fast, tokenEndpoint: world.tokenEndpoint, client: 'users' });
  await process.ask('enter', { first: 0, count: 200 });
  const before = await process.ask('memory');
  const { characters, identities } = await process.ask('enter', { first: 200, count });
  const after = await process.ask('memory');
  await process.close();
  if (identities !== count + 200) throw new Error(`${identities} identities for ${count + 200} users`);

  const each = (after.heap - before.heap - characters) / count;
  return {
    title: `${number(count)} users`,
    text: `Grant jwt-bearer with \`subject\` and a function \`assertion\`, each user in a request context of their own. Heap after garbage collection, less the characters of the tokens.`,
    columns: ['users', 'token, bytes', 'a user beyond the token, bytes'],
    rows: [[number(count), number(characters / count), number(each)]],
    figures: [figure('a user beyond the token', each / 1000, { atMost: 1.5, unit: ' KB' })],
  };
}
