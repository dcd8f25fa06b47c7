/** `oauth2-backend-playground` as a process; needs the packages built, as `npm run test:all` does first. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { type RunningExample, runExample } from '../examples/run-example.js';

const main = new URL('../../packages/oauth2-backend-playground/dist/main.js', import.meta.url);

const running: RunningExample[] = [];

function run(...args: string[]): RunningExample {
  const command = runExample(main, { args });
  running.push(command);
  return command;
}

async function start(): Promise<{ command: RunningExample; issuer: string; api: string }> {
  const command = run('--as-port', '0', '--api-port', '0');
  const [, issuer = ''] = await command.printed(/authorization server {2}(http:\S+)/);
  const [, api = ''] = await command.printed(/API +(http:\S+)\/invoices/);
  await command.printed(/Who asks when:/);
  return { command, issuer, api };
}

afterEach(async () => {
  for (const command of running.splice(0)) {
    command.kill('SIGKILL');
    await command.ended;
  }
});

describe('oauth2-backend-playground', () => {
  it('prints where it is, its definitions and who asks, without a warning', async () => {
    const { command, issuer } = await start();
    for (const name of ['client-secret-basic', 'private-key-jwt', 'token-exchange']) {
      expect(command.output()).toMatch(new RegExp(`^  ${name} +grant `, 'm'));
    }
    expect(command.output()).toContain(`token_endpoint: '${issuer}/token'`);
    expect(command.output()).not.toMatch(/oidc-provider|warning/i);
    await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }) });
    await command.printed(/ token .*client_credentials +400 invalid_request/);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends at once by %s, also while it is slow', async (signal) => {
    const { command, issuer, api } = await start();
    await fetch(`${api}/knobs/slow?ms=600000&seconds=3600`, { method: 'POST' });
    await fetch(`${issuer}/knobs/slow?ms=600000&seconds=3600`, { method: 'POST' });
    const asked = Promise.allSettled([fetch(`${api}/invoices`), fetch(`${issuer}/token`, { method: 'POST' })]);
    await fetch(`${issuer}/knobs`);
    const started = performance.now();
    command.kill(signal);
    expect(await command.ended).toBe(0);
    expect(performance.now() - started).toBeLessThan(2_000);
    await asked;
  });

  it.each([
    ['--as-port', 0],
    ['--api-port', 1],
  ])('exits 1 and names %s when its port is taken', async (option, index) => {
    const { issuer, api } = await start();
    const taken = new URL([issuer, api][index] ?? '').port;
    const ports = option === '--as-port' ? [option, taken, '--api-port', '0'] : ['--as-port', '0', option, taken];
    const second = run(...ports);
    expect(await second.ended).toBe(1);
    expect(second.output()).toBe(
      `port ${taken} of 127.0.0.1 is taken, by another playground or another program: name another with ${option}\n`,
    );
  });

  it('exits 2 with its usage for an argument that it does not know', async () => {
    for (const args of [
      ['--port', '1'],
      ['--print', 'nothing'],
      ['--print', 'all', '--as-port', '0'],
    ]) {
      const command = run(...args);
      expect(await command.ended).toBe(2);
      expect(command.output()).toMatch(/\n\nusage: oauth2-backend-playground /);
    }
  });

  it('--print NAME prints the definition for the ports, and starts nothing', async () => {
    const command = run('--print', 'client-secret-post', '--as-port', '5000', '--api-port', '5001');
    expect(await command.ended).toBe(0);
    expect(command.output()).toBe(`// grant client_credentials, client authentication client_secret_post
billing: {
  origin: 'http://127.0.0.1:5001',
  oauth2: {
    grant_type: 'client_credentials',
    token_endpoint: 'http://127.0.0.1:5000/token',
    token_endpoint_auth_method: 'client_secret_post',
    client_id: 'shop-post',
    client_secret: 'playground',
    scope: 'invoices:read',
  },
},
`);
    const help = run('--help');
    expect(await help.ended).toBe(0);
    expect(help.output()).toMatch(/^usage: .*--as-port N +port of the authorization server, unless given 4010;/s);
  });
});
