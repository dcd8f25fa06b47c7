/** The processes of a fleet. */
import { fork } from 'node:child_process';
import { once } from 'node:events';

/** Starts `count` processes of `member.js` with these settings: `{ definitions, redis, storeSecret }`. */
export async function startFleet(count, settings) {
  /** What processes that are gone had counted. */
  const answers = { good: 0, bad: 0 };
  const members = await Promise.all(Array.from({ length: count }, start));
  return { answers: total, killAndRestart, close };

  async function start() {
    const env = { ...process.env, FLEET_MEMBER: JSON.stringify(settings) };
    const child = fork(new URL('member.js', import.meta.url), { env });
    const member = { child, answers: { good: 0, bad: 0 } };
    child.on('message', (counted) => {
      member.answers = counted;
    });
    const started = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => undefined)]);
    if (!started) throw new Error('a process of the fleet did not start');
    return member;
  }

  /** How many requests all processes have made so far, by how they ended. */
  function total() {
    const all = [answers, ...members.map((member) => member.answers)];
    const sum = (name) => all.reduce((before, each) => before + each[name], 0);
    return { good: sum('good'), bad: sum('bad') };
  }

  /** Kills one and starts another in its place. */
  async function killAndRestart(index) {
    await kill(members[index]);
    members[index] = await start();
  }

  async function kill(member) {
    const gone = once(member.child, 'exit');
    member.child.kill('SIGKILL');
    await gone;
    answers.good += member.answers.good;
    answers.bad += member.answers.bad;
    member.answers = { good: 0, bad: 0 };
  }

  async function close() {
    await Promise.all(members.map(kill));
  }
}
