/** The applications' clients: each visits, waits a little and visits again; some go away before the answer. */
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { backendNames } from './apps/definitions.js';

const ACTIONS = [...Array(12).fill('item'), 'moved', 'hop'];

/** Visitors at work: `pause()` settles when none is under way, `resume()` lets them go on. `open` are the visits by id. */
export function visitors({ count, random, apps, clientNames, users, verdict, open }) {
  const agent = new Agent({ keepAlive: true });
  const counts = { visits: 0, left: 0, statuses: {} };
  let nextId = 0;
  let stopped = true;
  let working = [];

  return {
    counts,
    resume() {
      stopped = false;
      working = Array.from({ length: count }, () => work(random.fork()));
    },
    async pause() {
      stopped = true;
      await Promise.all(working);
    },
    close: () => agent.destroy(),
  };

  async function work(choice) {
    while (!stopped) {
      await visit(choice);
      await pause(choice.between(5, 60));
    }
  }

  async function visit(choice) {
    const one = drawVisit(choice);
    open.set(one.id, one);
    const leaves = choice.chance(0.06) ? choice.between(0, 60) : undefined;
    const answer = await send(one, leaves);
    open.delete(one.id);
    counts.visits += 1;
    if (answer === undefined) {
      counts.left += 1;
      return;
    }
    counts.statuses[answer.status] = (counts.statuses[answer.status] ?? 0) + 1;
    verdict.judge(one, answer);
  }

  function drawVisit(choice) {
    const app = choice.pick(Object.keys(apps));
    const perUser = choice.chance(0.6);
    const backend = choice.pick(perUser ? backendNames.perUser : backendNames.shared);
    const user = choice.pick(users);
    const client = choice.pick(clientNames);
    // `request` follows no redirects.
    const action = choice.pick(client === 'request' ? ACTIONS.filter((name) => name !== 'hop') : ACTIONS);
    const body = action === 'item' && choice.chance(0.35) ? 'x'.repeat(1 + choice.between(0, 3000)) : undefined;
    const identity = perUser ? `${app}:${backend} ${user}` : `${app}:${backend}`;
    const text = `${app} ${client} ${body ? 'POST' : 'GET'} ${backend}/${action} of ${user}`;
    const token = verdict.tokenAtStart(identity);
    const id = String(++nextId);
    return {
      id,
      app,
      backend,
      user,
      client,
      action,
      body,
      identity,
      text,
      token,
      began: performance.now(),
      hit: undefined,
      refused: [],
      misjudged: [],
      lost: undefined,
      acceptedWith: undefined,
    };
  }

  /** `undefined` when the visitor has left before the answer. */
  function send({ id, app, backend, user, client, action, body, identity }, leaves) {
    return new Promise((resolve) => {
      const signal = leaves === undefined ? undefined : AbortSignal.timeout(Math.round(leaves));
      const headers = { 'x-visit': id, 'x-user': user, 'x-identity': identity, 'content-type': 'text/plain' };
      const fail = (error) => resolve(signal?.aborted ? undefined : { status: 0, json: { error: error.message } });
      request(
        `${apps[app]}/${backend}/${action}/${client}`,
        { agent, headers, method: body === undefined ? 'GET' : 'POST', ...(signal && { signal }) },
        (answer) => {
          text(answer)
            .then((got) => resolve({ status: answer.statusCode, json: JSON.parse(got) }))
            .catch(fail);
        },
      )
        .on('error', fail)
        .end(body);
    });
  }
}
