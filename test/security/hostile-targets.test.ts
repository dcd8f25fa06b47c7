import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OriginError } from 'oauth2-backend';
import { refused, taken } from './hostile-inputs.js';
import { type Way, ways } from './hostile-ways.js';
import { type HostileWorld, hostileWorld } from './hostile-world.js';

let world: HostileWorld;
beforeAll(async () => {
  world = await hostileWorld();
});
beforeEach(() => world.renew());
afterAll(() => world.close());

/** What a way takes, `undefined` where the caller's own parser refuses the text. */
function inputFor({ takes }: Way, text: string): string | URL | undefined {
  if (takes === 'text') return text;
  const base = `${world.api.origin}/v1/`;
  return URL.canParse(text, base) ? new URL(text, base) : undefined;
}

/** Sends it, and says what came of it: the path that arrived, or a refusal that nobody has heard of. */
async function outcomeOf(way: Way, text: string): Promise<string> {
  const input = inputFor(way, text);
  if (input === undefined) return 'refused';
  const before = world.heard();
  const ended = await way.send(world.target, input as never).then(
    () => undefined,
    (error: unknown) => error ?? new Error('rejected with nothing'),
  );
  const after = world.heard();
  const arrived = after.api.slice(before.api.length);
  if (after.foreign > before.foreign) return `LEAKED to the foreign server: ${JSON.stringify(input)}`;
  if (ended === undefined) return arrived.at(-1) ?? 'answered by nobody';
  const expected = way.name === 'got.paginate, next page' ? ['/v1/x'] : [];
  const quiet = JSON.stringify(arrived) === JSON.stringify(expected) && (way.late || after.tokens === before.tokens);
  if (!quiet) return `refused, but sent: ${arrived.join(' ')}; tokens ${after.tokens - before.tokens}`;
  // Of a URL, Node's own Request and got itself may refuse user info and schemes before we are asked.
  return ended instanceof OriginError || way.takes === 'url' ? 'refused' : `ended with ${inspect(ended)}`;
}

/** What an upstream could take the path for: decoded until nothing changes, cut at `;`, split at both slashes. */
function staysBelow(path: string): boolean {
  let text = path.split('?', 1)[0] ?? '';
  for (let before = ''; before !== text; ) {
    before = text;
    text = text.replace(/%([0-7][\da-f])/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  }
  const segments = text.split(/[/\\]/).map((segment) => segment.split(';')[0]);
  return /^\/v1(?:$|[/?])/.test(path) && !segments.includes('..') && !segments.includes('.');
}

const textWays = ways.filter(({ takes }) => takes === 'text');
const urlWays = ways.filter(({ takes }) => takes === 'url');
const all = (chosen: readonly Way[], outcome: string) => chosen.map(({ name }) => [name, outcome]);
const outcomes = async (chosen: readonly Way[], text: string) => {
  const seen: string[][] = [];
  for (const way of chosen) seen.push([way.name, await outcomeOf(way, text)]);
  return seen;
};

describe('a hostile target', () => {
  it.each(refused.map((input) => [input]))(
    '%j is an OriginError in every way, and nothing is sent (104)',
    async (input) => {
      const text = world.fill(input);
      expect(await outcomes(textWays, text)).toEqual(all(textWays, 'refused'));
    },
  );

  it.each(refused.map((input) => [input]))(
    '%j, parsed by the caller, goes below the prefix or nowhere (104)',
    async (input) => {
      for (const [name, outcome] of await outcomes(urlWays, world.fill(input))) {
        if (outcome !== 'refused') expect([name, outcome, staysBelow(outcome ?? '')]).toEqual([name, outcome, true]);
      }
    },
  );

  it.each(taken)('%j is harmless: it arrives as %j', async (input, path) => {
    expect(await outcomes(textWays, world.fill(input))).toEqual(all(textWays, world.fill(path)));
    for (const [name, outcome] of await outcomes(urlWays, world.fill(input))) {
      if (outcome !== 'refused') expect([name, outcome, staysBelow(outcome ?? '')]).toEqual([name, outcome, true]);
    }
  });

  it('is met in each way: the table refuses at least 60 inputs', () => {
    expect(new Set(refused).size).toBeGreaterThanOrEqual(60);
    expect(urlWays).not.toHaveLength(0);
  });
});

const pieces = fc.constantFrom(
  ...'/ // \\ . .. %2e %2F %5c %25 %252e % %c0 %ae ; : @ ? # [ ] " & = 2e 25 a'.split(' '),
  ...'http: https: http:// v1 /v1 /v1/ 127.0.0.1 [::1] localhost'.split(' '),
  ...'{api} {foreign} {foreign:port} http://{api}/v1/ http://{foreign}/'.split(' '),
  ...' ,\t,\r\n,\0,\uff0e,\uff0f,\u3002,\u00e9,\ud800'.split(','),
);
const texts = fc.oneof(
  fc.array(pieces, { maxLength: 10 }).map((list) => list.join('')),
  fc.string({ unit: 'binary' }),
  fc.webUrl(),
);

describe('whatever is given', () => {
  it("arrives at the backend's origin below path_prefix, or is an error and nothing is sent (104)", async () => {
    const property = fc.asyncProperty(fc.constantFrom(...ways), texts, async (way, text) => {
      const outcome = await outcomeOf(way, world.fill(text));
      if (outcome !== 'refused') expect([outcome, staysBelow(outcome)]).toEqual([outcome, true]);
    });
    await fc.assert(property, { numRuns: 1_000 });
    expect(world.connections()).toBe(0);
  }, 60_000);
});
