/** Which fault is on when: healthy spans and faults in turn, drawn from the seed. */
import { setTimeout as pause } from 'node:timers/promises';
import { tokenFaults } from './token/faults.js';

const TOKEN = ['down', 'slow', ...Object.keys(tokenFaults)];
const API = ['reset', 'reset in the body', 'slow', 'unavailable', 'stray 401', 'lag'];

/**
 * Puts faults on both servers, revokes tokens and replaces the clients' secret until the signal fires; leaves both healthy. `now()` names what is on,
 * `counts` says how often it was.
 */
export function faultTimeline({ random, signal, tokens, api, ledger, secret, users }) {
  const counts = {};
  const ended = Promise.all([
    turns(random.fork(), TOKEN, { healthy: [4000, 12_000], lasting: [400, 3500] }, 'token', (fault) =>
      tokens.setFault(fault),
    ),
    turns(random.fork(), API, { healthy: [2000, 6000], lasting: [200, 1500] }, 'api', (fault) => {
      api.fault = fault;
    }),
    revocations(random.fork()),
    rotations(random.fork()),
  ]);
  return {
    counts,
    ended,
    now: () => [tokens.fault && `token ${tokens.fault}`, api.fault && `api ${api.fault}`].filter(Boolean).join(', '),
  };

  async function turns(choice, faults, { healthy, lasting }, server, set) {
    // Each fault once, in a random order, before any comes again: short runs see many.
    let left = [];
    while (await passed(choice.between(...healthy))) {
      if (left.length === 0) left = [...faults];
      const [fault] = left.splice(Math.floor(choice.next() * left.length), 1);
      count(`${server} ${fault}`);
      set(fault);
      await passed(choice.between(...lasting));
      set(undefined);
    }
  }

  async function revocations(choice) {
    // Seldom enough for the budget of forced renewals of each identity: one each 12 s.
    while (await passed(choice.between(2000, 8000))) {
      const user = choice.pick(users);
      const everyone = choice.chance(0.15);
      const revoked = ledger.revoke(
        (identity) => everyone || identity.endsWith(user) || (!identity.includes(' ') && choice.chance(0.15)),
      );
      if (revoked > 0) count('revocation');
    }
  }

  async function rotations(choice) {
    while (await passed(choice.between(3000, 10_000))) {
      await secret.replace();
      count('new secret');
    }
  }

  function count(name) {
    counts[name] = (counts[name] ?? 0) + 1;
  }

  /** Whether it passed; not when the soak is over. */
  function passed(milliseconds) {
    return pause(milliseconds, true, { signal }).catch(() => false);
  }
}
