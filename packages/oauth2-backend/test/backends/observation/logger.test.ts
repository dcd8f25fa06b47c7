import { Console } from 'node:console';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger as createBunyan } from 'browser-bunyan';
import type Bunyan from 'bunyan';
import { createBackends, type LogFields, type Logger } from 'oauth2-backend';
import { pino } from 'pino';
import { type TokenServer, tokenServer } from 'test-servers/token-server';
import winston from 'winston';
import { manualClock } from '../../sources/manual-clock.js';
import { complaintsOf } from '../../sources/real-process.js';
import { billing } from '../../token-request/billing.js';

let server: TokenServer;
beforeEach(async () => {
  server = await tokenServer();
});
afterEach(() => server.close());

/** A token comes, its renewal is refused, and works again; the end of the pause between. */
async function trouble(logger: Logger): Promise<number> {
  const clock = manualClock();
  const { backend, backends } = billing(server.url, {}, { clock, logger });
  await backend.token();
  clock.pass(3_600_000);
  server.failure = { status: 401, body: { error: 'invalid_client' } };
  await expect(backend.token()).rejects.toThrow('invalid_client');
  const retryAt = backends.status()[0]?.retryAt ?? 0;
  clock.pass(60_000);
  server.failure = undefined;
  await backend.token();
  await backends.close();
  return retryAt;
}

const ANSWERED = 'token endpoint of "billing" answered 200 after 0 ms';
const RENEWED = expect.stringMatching(/^token for "billing" renewed; it ends \d{4}-/) as unknown as string;
const FAILED = /^token for "billing" could not be renewed: .*invalid_client.*; next attempt after \d{4}-/;
const AGAIN = expect.stringMatching(/^token for "billing" renewed again; it ends \d{4}-/) as unknown as string;
const failure = { backend: 'billing', code: 'ERR_OAUTH2_TOKEN_REQUEST', status: 401 };

/** What the trouble is told as: level, fields, message. */
const story = (retryAt: number) => [
  ['debug', { backend: 'billing', status: 200 }, ANSWERED],
  ['debug', { backend: 'billing' }, RENEWED],
  ['debug', { backend: 'billing', status: 401 }, expect.stringContaining('answered 401')],
  ['warn', { ...failure, retryAt }, expect.stringMatching(FAILED)],
  ['debug', { backend: 'billing', status: 200 }, ANSWERED],
  ['info', { backend: 'billing' }, AGAIN],
];

describe('a logger', () => {
  it('is called (fields, message): failures at warn, the recovery after them at info', async () => {
    const said: [string, LogFields, string][] = [];
    const say = (level: string) => (fields: LogFields, message: string) => void said.push([level, fields, message]);
    const logger = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
    expect(said).toEqual(story(await trouble(logger)));
  });

  it('hears of the recovery of who failed, not of others', async () => {
    const said: string[] = [];
    const say = (level: string) => (_: object, message: string) => void said.push(`${level} ${message}`);
    const oauth2 = {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      token_endpoint: server.url,
      assertion: (context: { inbound: { user?: string } } | undefined) => `a.${context?.inbound.user}.c`,
    } as const;
    const backends = createBackends(
      { billing: { origin: 'http://127.0.0.1:9', oauth2 } },
      { clock: manualClock(), logger: { debug() {}, info: say('info'), warn: say('warn'), error: say('error') } },
    );
    const ask = (user: string) =>
      backends.for({ inbound: { user }, signal: new AbortController().signal } as never).billing.token();
    server.next({ status: 400, body: { error: 'invalid_request' } });
    await expect(ask('amy')).rejects.toThrow('invalid_request');
    await ask('bob');
    expect(said).toEqual([expect.stringMatching('^warn')]);
    await backends.close();
  });

  it('hears which backend a warning is about', async () => {
    const warned: unknown[] = [];
    const quiet = () => {};
    const warn = (...said: unknown[]) => void warned.push(said);
    const options = { logger: { debug: quiet, info: quiet, warn, error: quiet } };
    server.extra = { expires_in: 0 };
    await billing(server.url, { allow_http: true }, options).backend.token();
    expect(warned).toEqual([[{ backend: 'billing' }, expect.stringContaining('default_ttl')]]);
  });

  it.each([
    ['rejects', (() => Promise.reject(new Error('disk full'))) as () => never],
    [
      'throws',
      () => {
        throw new Error('disk full');
      },
    ],
  ])('that %s costs a line and nothing else', async (_, fail) => {
    const complaints = await complaintsOf(async () => {
      await trouble({ debug: fail, info: fail, warn: fail, error: fail });
    });
    expect(complaints).toEqual([]);
  });
});

/** Collects what is written, line by line, as JSON. */
function jsonLines(): { readonly lines: Record<string, unknown>[]; write(line: string): void } {
  const lines: Record<string, unknown>[] = [];
  return { lines, write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
}

describe('a logger of', () => {
  it('pino writes message and fields', async () => {
    const sink = jsonLines();
    const retryAt = await trouble(pino({ level: 'debug', base: null, timestamp: false }, sink));
    const levels = { debug: 20, info: 30, warn: 40 };
    expect(sink.lines).toEqual(
      story(retryAt).map(([level, fields, msg]) => ({
        level: levels[level as keyof typeof levels],
        ...(fields as object),
        msg,
      })),
    );
  });

  it('pino writes them as a child too', async () => {
    const sink = jsonLines();
    await trouble(pino({ level: 'info' }, sink).child({ part: 'outbound' }));
    expect(sink.lines).toMatchObject([
      { part: 'outbound', ...failure },
      { part: 'outbound', backend: 'billing' },
    ]);
  });

  it.each(['', 'a child of '])('%swinston writes message and fields', async (child) => {
    const lines: unknown[] = [];
    const stream = new Writable({
      write(chunk, _encoding, done) {
        lines.push(JSON.parse(String(chunk)));
        done();
      },
    });
    const format = winston.format.json();
    const logger = winston.createLogger({
      level: 'debug',
      format,
      transports: [new winston.transports.Stream({ stream })],
    });
    const retryAt = await trouble(child ? logger.child({ part: 'outbound' }) : logger);
    const added = child ? { part: 'outbound' } : {};
    expect(lines).toEqual(
      story(retryAt).map(([level, fields, message]) => ({ level, ...(fields as object), message, ...added })),
    );
  });

  it('bunyan writes message and fields', async () => {
    const records: Record<string, unknown>[] = [];
    const stream = { write: (record: object) => void records.push({ ...record }) };
    const retryAt = await trouble(createBunyan({ name: 'shop', level: 'debug', stream }));
    const levels = { debug: 20, info: 30, warn: 40 };
    expect(records).toMatchObject(
      story(retryAt).map(([level, fields, msg]) => ({
        level: levels[level as keyof typeof levels],
        ...(fields as object),
        msg,
      })),
    );
  });

  it('console writes lines that say whose they are, with the code', async () => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    await trouble(new Console({ stdout, stderr }));
    const out = String(stdout.read()).trim().split('\n');
    expect(out).toEqual([
      `oauth2-backend: ${ANSWERED}`,
      expect.stringMatching(/^oauth2-backend: token for "billing" renewed; it ends /),
      expect.stringMatching(/^oauth2-backend: token endpoint of "billing" answered 401 /),
      `oauth2-backend: ${ANSWERED}`,
      expect.stringMatching(/^oauth2-backend: token for "billing" renewed again; it ends /),
    ]);
    expect(String(stderr.read()).trim()).toMatch(
      /^oauth2-backend: token for "billing" could not be renewed: .*; next attempt after \S+Z \(ERR_OAUTH2_TOKEN_REQUEST\)$/,
    );
  });

  it('the types of all of them are taken as they are', () => {
    const accepted: Logger[] = [console, pino({ enabled: false }), winston.createLogger({ silent: true })];
    const bunyan = undefined as unknown as Bunyan;
    const shape: Logger = bunyan;
    // @ts-expect-error: the message comes second
    const wrong: Logger = { debug() {}, info() {}, error() {}, warn: (message: string) => void message.trim() };
    expect([...accepted, shape, wrong]).toHaveLength(5);
  });
});
