import { describe, expect, it } from '@jest/globals';
import { TokenRequestError, TokenTimeoutError } from 'oauth2-backend';
import { Pauses } from '../../src/sources/pauses.js';
import { sharedPause } from '../../src/sources/shared-pause.js';
import { manualClock } from './manual-clock.js';

const unreachable = () => new TokenRequestError('could not be reached');
const answered = (status: number) => new TokenRequestError(`answered ${status}`, { response: { status } });

/** Two users of one token backend, the pause of which has begun and is over. */
function afterAnOutage() {
  const clock = manualClock();
  const shared = sharedPause(clock);
  const ann = new Pauses({ name: 'orders', clock, shared });
  const ben = new Pauses({ name: 'orders', clock, shared });
  const attempt = (request: 'unsent' | 'under way' | 'answered' = 'answered') => ({
    began: clock.monotonic(),
    request,
    answers: 0,
  });
  ann.failed(unreachable(), attempt('under way'));
  clock.tick(575);
  return { clock, shared, ann, ben, attempt };
}

describe('new Pauses(options) with a shared pause', () => {
  it.each([400, 500])('takes a %d for a sign that the token backend works: it pauses one alone', (status) => {
    const { clock, shared, ann, ben, attempt } = afterAnOutage();
    clock.tick(1);
    expect(ben.failed(answered(status), attempt())).toMatchObject({ scope: 'identity', began: true });
    expect(shared.last()).toBeUndefined();
    expect(ben.active()).toBeDefined();
    expect(ann.active()).toBeUndefined();
  });

  it('takes a failure before anything was sent for no sign of anything', () => {
    const { clock, shared, ben, attempt } = afterAnOutage();
    clock.tick(1);
    expect(ben.failed(new TokenTimeoutError('late'), attempt('unsent'))).toMatchObject({
      scope: 'identity',
      began: true,
    });
    expect(shared.last()).toBeDefined();
    expect(shared.active()).toBeUndefined();
  });

  it('lets the pause of all grow with the failure of another', () => {
    const { clock, ann, ben, attempt } = afterAnOutage();
    clock.tick(1);
    expect(ben.failed(unreachable(), attempt('under way'))).toMatchObject({ scope: 'token backend' });
    clock.tick(999);
    expect(ann.active()).toBeDefined();
    clock.tick(151);
    expect(ann.active()).toBeUndefined();
  });
});
