/** Where a line for people goes: a logger of the application's, called as pino is. */

import { Console } from 'node:console';

/** What a line is about, each member where it is known. */
export interface LogFields {
  /** Name of the backend. */
  readonly backend?: string;
  /** Of the error: `ERR_OAUTH2_…`. */
  readonly code?: string;
  /** HTTP status of the answer that the line tells of. */
  readonly status?: number;
  /** Milliseconds since the epoch: nobody asks for the token before. */
  readonly retryAt?: number;
}

/**
 * A logger of pino's shape, called `(fields, message)`: a logger of pino or bunyan as it is. `console` and a logger of winston
 * are known, and are called as they want it. A message is one line; neither it nor a field ever holds a secret.
 */
export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}

type Level = keyof Logger;
type Write = (level: Level, fields: LogFields, message: string) => unknown;

/** The same logger, but one that throws or rejects costs a line and not a request, nor the process. */
export function steadyLogger(logger: Logger): Logger {
  const write = writeTo(logger);
  const steady = (level: Level) => (fields: LogFields, message: string) => {
    try {
      const said = write(level, fields, message);
      if (said instanceof Object && 'then' in said) Promise.resolve(said).catch(() => {});
    } catch {
      // There is nobody left to tell.
    }
  };
  return { debug: steady('debug'), info: steady('info'), warn: steady('warn'), error: steady('error') };
}

function writeTo(logger: Logger): Write {
  if (isConsole(logger)) {
    // As one text: console would break an object over several lines.
    return (level, { code }, message) =>
      logger[level](`oauth2-backend: ${message}${code === undefined ? '' : ` (${code})`}`);
  }
  // Not `(message, fields)`, which loses the fields where the message has a `%s` in it.
  if (isWinston(logger)) return (level, fields, message) => logger.log({ ...fields, level, message });
  return (level, fields, message) => logger[level](fields, message);
}

function isConsole(logger: unknown): logger is Readonly<Record<Level, (text: string) => void>> {
  return logger instanceof Console;
}

function isWinston(logger: object): logger is { log(info: object): unknown } {
  const { log, configure, transports } = logger as Partial<Record<'log' | 'configure' | 'transports', unknown>>;
  return typeof log === 'function' && typeof configure === 'function' && typeof transports === 'object';
}
