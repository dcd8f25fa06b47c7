/** A logger of pino's shape. Only one-line messages are written to it, never a secret. */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** The same logger, but one that throws or rejects costs a line and not a request, nor the process. */
export function steadyLogger(logger: Logger): Logger {
  const steady = (level: keyof Logger) => (message: string) => {
    try {
      const said: unknown = logger[level](message);
      if (said instanceof Object && 'then' in said) Promise.resolve(said).catch(() => {});
    } catch {
      // There is nobody left to tell.
    }
  };
  return { debug: steady('debug'), info: steady('info'), warn: steady('warn'), error: steady('error') };
}
