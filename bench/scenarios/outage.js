/** The token endpoint answers 503 for a while. */
import { setTimeout as pause } from 'node:timers/promises';
import { ours, peers } from '../contenders/index.js';
import { number } from '../report/figures.js';
import { closeAll } from '../world.js';

const OURS = ['ours-request', 'ours-fetch'];
const RATE = 50;
const BRIEF = { life: 12, from: 6_000, to: 10_000, end: 13_000 };
const LONG = { life: 2, from: 1_000, to: 6_000, end: 13_000 };
const QUICK = { life: 3, from: 200, to: 800, end: 1_500 };

/** All contenders at the same time: once within the life of the token, once beyond it. */
export async function outage(world, { quick, sample }) {
  const names = [...OURS, ...sample(peers)];
  const [within, beyond] = await Promise.all([
    suffer(world, names, quick ? QUICK : BRIEF),
    suffer(world, names, quick ? { ...QUICK, life: 1 } : LONG),
  ]);
  for (const { own, title, failures, calls } of within) {
    if (own && failures > 0) throw new Error(`${failures} of ${calls} failed although the token lived: ${title}`);
  }
  return {
    title: 'Outage of the token endpoint',
    text: `${RATE} requests a second for ${BRIEF.end / 1000} s while the token endpoint answers 503: from ${BRIEF.from / 1000} s to ${BRIEF.to / 1000} s with tokens of ${BRIEF.life} s, so that the token outlives the outage; and from ${LONG.from / 1000} s to ${LONG.to / 1000} s with tokens of ${LONG.life} s, so that it does not. Token requests are those that were made during the outage; back is how long after its end the last request failed.`,
    columns: [
      'contender',
      'token lives: failed',
      'token requests',
      'token expires: failed',
      'token requests',
      'back after s',
    ],
    rows: within.map(({ title, failures, requests }, index) => [
      title,
      number(failures),
      number(requests),
      number(beyond[index].failures),
      number(beyond[index].requests),
      number(beyond[index].back / 1000, 1),
    ]),
    figures: [],
  };
}

async function suffer(world, names, { life, from, to, end }) {
  const contenders = await Promise.all(
    names.map((name) => world.contender(name, { origin: world.origins.careful, settings: { life } })),
  );
  const results = await Promise.all(contenders.map(one));
  await closeAll(contenders);
  return results;

  async function one(contender) {
    const { name, title, client } = contender;
    const running = contender.ask('openLoop', { rate: RATE, milliseconds: end });
    await pause(from);
    await world.authorization.ask('configure', { client, status: 503 });
    const before = await world.authorization.ask('counts', { client });
    await pause(to - from);
    const after = await world.authorization.ask('counts', { client });
    await world.authorization.ask('configure', { client, status: 200 });
    const { calls } = await running;
    const failed = calls.filter(({ status }) => status !== 200);
    const last = failed.at(-1);
    return {
      title,
      own: ours.includes(name),
      calls: calls.length,
      failures: failed.length,
      requests: after.requests - before.requests,
      back: last === undefined ? 0 : Math.max(0, last.at + last.took - to),
    };
  }
}
