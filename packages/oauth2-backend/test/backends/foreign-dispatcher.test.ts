import { EventEmitter } from 'node:events';
import { describe, expect, it, jest } from '@jest/globals';
import { createBackends } from 'oauth2-backend';
import * as undici from 'undici';
import * as undici6 from 'undici6';
import * as undici8 from 'undici8';

type Undici = typeof undici;

const origin = 'http://127.0.0.1:9';
const calls: unknown[] = [];

const asItIs: undici.Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
  dispatch(options, handler);

/** What an application may give, by name; none of it connects. */
function dispatchersOf({ Agent, Client, Dispatcher, interceptors, MockAgent, Pool, ProxyAgent, RetryAgent }: Undici) {
  class Own extends Dispatcher {
    override dispatch(options: unknown, _handler: unknown): boolean {
      calls.push(options);
      return true;
    }
  }
  return {
    Agent: () => new Agent(),
    Pool: () => new Pool(origin),
    Client: () => new Client(origin),
    MockAgent: () => new MockAgent(),
    MockPool: () => new MockAgent().get(origin),
    ProxyAgent: () => new ProxyAgent('http://127.0.0.1:9'),
    RetryAgent: () => new RetryAgent(new Agent()),
    'a composed Agent': () => new Agent().compose(interceptors.redirect({ maxRedirections: 1 })),
    'an Agent composed twice': () => new Agent().compose(interceptors.retry()).compose(asItIs),
    'its own subclass of Dispatcher': () => new Own(),
    'its own subclass, composed': () => new Own().compose(asItIs),
    'its own subclass of Agent': () => new (class extends Agent {})(),
  };
}

type Kind = keyof ReturnType<typeof dispatchersOf>;
const kinds = Object.keys(dispatchersOf(undici)) as Kind[];

const give = (dispatcher: unknown) =>
  createBackends({ api: { origin } }, { dispatcher: dispatcher as undici.Dispatcher });

describe('createBackends(definitions, { dispatcher })', () => {
  it.each(kinds)('takes %s of undici 7', (kind) => {
    expect(give(dispatchersOf(undici)[kind]()).names).toEqual(['api']);
    expect(calls).toEqual([]);
  });

  it('takes an Agent of another copy of undici 7', async () => {
    await jest.isolateModulesAsync(async () => {
      const copy = await import('undici');
      expect(copy.Agent).not.toBe(undici.Agent);
      expect(give(new copy.Agent()).names).toEqual(['api']);
    });
  });

  it.each([
    ['6', undici6],
    ['8 or newer', undici8],
  ] as const)('refuses every dispatcher of undici %s, with both majors', (its, foreign) => {
    const message = `is made with undici ${its}; it must be made with undici 7, the one this library uses`;
    const refused = expect.objectContaining({ problems: [{ path: 'dispatcher', message }] });
    const all = dispatchersOf(foreign as unknown as Undici);
    for (const dispatcher of kinds.map((kind) => all[kind]())) expect(() => give(dispatcher)).toThrow(refused);
    expect(calls).toEqual([]);
  });

  it('judges what Node.js has built in by its undici', async () => {
    // Jest gives tests a global object of their own.
    const real = setImmediate.constructor('return globalThis')() as typeof globalThis;
    await real.fetch('data:,loads it');
    const builtIn = ['2', '1'].map((each): unknown => Reflect.get(real, Symbol.for(`undici.globalDispatcher.${each}`)));
    const make = () => give(builtIn.find(Boolean));
    const major = process.versions['undici']?.split('.')[0];
    if (major === '7') expect(make().names).toEqual(['api']);
    else expect(make).toThrow(`dispatcher: is made with undici ${major}`);
  });

  it('refuses the dispatchers of the first releases of undici 6, which compose nothing', () => {
    class Old extends EventEmitter {
      dispatch() {}
      close() {}
      destroy() {}
    }
    expect(() => give(new Old())).toThrow('dispatcher: is made with undici 5 or 6; it must be made with undici 7');
  });

  it('does not guess what is not made with undici', () => {
    expect(give({ dispatch() {}, compose() {} }).names).toEqual(['api']);
    expect(() => give({ dispatch() {} })).toThrow('dispatcher: must have compose()');
    expect(() => give(new EventEmitter())).toThrow('dispatcher: must have dispatch(), compose()');
  });

  it('uses the major of undici that the error names', async () => {
    const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
    expect(manifest.dependencies.undici).toMatch(/^7\./);
  });
});
