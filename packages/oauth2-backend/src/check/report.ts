/** What a check has found out: what `--json` prints, to the letter. Every text in it is cleaned, and holds no secret. */

import type { Problem } from '../errors.js';

/** A whole check. Members are added, never renamed, while `version` is 1. */
export interface CheckReport {
  readonly version: 1;
  /** As it was given. */
  readonly file: string;
  /** Whether every backend that was asked for got a token (and, with `--call`, the API took it): exit code 0. */
  readonly ok: boolean;
  /** What is wrong in the definitions; nothing was sent then. */
  readonly problems: readonly Problem[];
  /** What the definitions allow but better would not. */
  readonly warnings: readonly string[];
  readonly backends: readonly BackendReport[];
}

/** One backend. */
export interface BackendReport {
  readonly name: string;
  /** `skipped`: it has no token that could be asked for without a request. */
  readonly result: 'token' | 'failed' | 'skipped';
  /** The library's own sentence, as an application would have it; absent when all is well. */
  readonly reason?: string;
  /** The error's stable code. */
  readonly code?: string;
  /** What may be the matter, one sentence each. */
  readonly hints: readonly string[];
  /** What the library warned of on the way. */
  readonly warnings: readonly string[];
  /** In the order in which they were taken. */
  readonly steps: readonly Step[];
}

/** One step on the way to a token. */
export type Step = LookUpStep | ConnectStep | TunnelStep | TlsStep | ExchangeStep | TokenStep;

/** What every step tells. */
interface StepBase {
  readonly ok: boolean;
  /** How long it took, whole milliseconds. */
  readonly milliseconds: number;
  /** Why it failed. */
  readonly error?: StepError;
}

export interface StepError {
  /** Of Node, of TLS or ours; absent where there is none. */
  readonly code?: string;
  readonly message: string;
}

/** The addresses of a host name. */
interface LookUpStep extends StepBase {
  readonly step: 'look-up';
  readonly host: string;
  readonly addresses: readonly string[];
}

/** A TCP connection: to the server, or to the proxy in front of it. */
interface ConnectStep extends StepBase {
  readonly step: 'connect';
  readonly host: string;
  readonly port: number;
  /** The address that answered. */
  readonly address?: string;
  /** Whether it is a proxy's. */
  readonly proxy: boolean;
}

/** A tunnel through a proxy (CONNECT). */
interface TunnelStep extends StepBase {
  readonly step: 'tunnel';
  /** The proxy's origin. */
  readonly proxy: string;
  /** `host:port` of the server behind it. */
  readonly to: string;
}

/** The TLS handshake. */
export interface TlsStep extends StepBase {
  readonly step: 'tls';
  /** The name that was asked for. */
  readonly serverName: string;
  /** Whether the certificate is checked at all (`disable_certificate_validation`). */
  readonly checked: boolean;
  readonly protocol?: string;
  /** The server's own first, then who signed it, and so on. */
  readonly certificates: readonly CertificateFacts[];
}

export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** The host names and addresses that it is for. */
  readonly names: readonly string[];
  /** ISO 8601. */
  readonly validFrom: string;
  readonly validTo: string;
  /** Why it is not trusted; absent where nothing is wrong with it. */
  readonly problem?: string;
}

/** One request and what came back: to a token endpoint, or to the API with `--call`. */
export interface ExchangeStep extends StepBase {
  readonly step: 'token-request' | 'call';
  /** How often it was sent without any answer; else 1. */
  readonly attempts: number;
  /** Whether any of it left: without a connection nothing did. */
  readonly sent: boolean;
  readonly request: {
    readonly method: string;
    /** The values of a query are masked. */
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    /** The form of a token request, secrets masked. */
    readonly form: Readonly<Record<string, string>>;
    /** Of the JWT that was sent as assertion, without its signature. */
    readonly assertion?: JwtFacts;
  };
  readonly answer?: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    /** The members of a JSON object that explain something, else `text`. */
    readonly body: Readonly<Record<string, string>>;
    /** How far our clock is ahead of the server's `Date`, milliseconds (negative: behind); a `Date` has whole seconds. */
    readonly clockAhead?: number;
  };
}

/** What a JWT says. Nothing of it is verified. */
export interface JwtFacts {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The token that came. */
export interface TokenStep extends StepBase {
  readonly step: 'token';
  /** ISO 8601: until when it is kept. */
  readonly expiresAt: string;
  /** Whole seconds from now. */
  readonly expiresIn: number;
  /** What was granted. */
  readonly scope?: string;
  /** What the definition asks for. */
  readonly requestedScope?: string;
  /** What the token says, where it is a JWT; without its signature. */
  readonly jwt?: JwtFacts;
}
