/** The servers of a run, and the processes that put load on them. */
import { titles } from './contenders/index.js';
import { childProcess } from './processes/child-process.js';

/**
 * Starts the authorization server and the API, each in a process of its own.
 *
 * @returns `{ authorization, api, origins, tokenEndpoint, contender(name, options), app(name, title, options), close() }`
 */
export async function startWorld() {
  const authorization = childProcess('../servers/authorization-server.js');
  const api = childProcess('../servers/api-server.js');
  const [tokenEndpoint, origins] = await Promise.all([authorization.ask('start'), api.ask('start')]);
  const started = new Set([authorization, api]);
  let clients = 0;

  return {
    authorization,
    api,
    origins,
    tokenEndpoint,
    contender,
    app,
    async close() {
      await closeAll([...started]);
    },
  };

  /**
   * A contender, opened, in a process of its own and as an OAuth client of its own unless `options` name one.
   *
   * @param options `settings` of the client at the authorization server; the rest goes to the contender
   * @returns the process with `name`, `title`, `client`
   */
  function contender(name, { settings = {}, ...options } = {}) {
    return start({ name, title: titles[name], script: 'contender-process.js', settings, options });
  }

  /** An Express application of `apps/`, listening; `origin` is where. */
  function app(name, title, options = {}) {
    return start({ name, title, script: 'app-process.js', settings: {}, options });
  }

  async function start({ name, title, script, settings, options }) {
    clients += 1;
    const { client = `${name}-${clients}` } = options;
    await authorization.ask('configure', { client, ...settings });
    const process = childProcess(script, [name]);
    started.add(process);
    const origin = await process.ask('open', { origin: origins.fast, tokenEndpoint, ...options, client });
    return { ...process, name, title, client, origin };
  }
}

/** Ends processes. */
export async function closeAll(processes) {
  await Promise.all(processes.map((process) => process.close()));
}
