/** One step of a check as lines. */

import type { CertificateFacts, ExchangeStep, JwtFacts, Step, TlsStep, TokenStep } from './report.js';

export interface Line {
  readonly label: string;
  readonly text: string;
  /** 1 for the step itself, more for what belongs to it. */
  readonly depth: 1 | 2;
  readonly ok: boolean;
}

/** The step's own line first. */
export function stepLines(step: Step): Line[] {
  const { label, text, details } = linesOf(step);
  const failure = failureOf(step);
  const took = step.step === 'token' ? '' : ` (${step.milliseconds} ms)`;
  const own = [text, failure].filter((each) => each !== undefined && each !== '').join(': ');
  return [{ label, text: `${own}${took}`, depth: 1, ok: step.ok }, ...details];
}

/** What was never sent has failed as the steps before it have. */
function failureOf(step: Step): string | undefined {
  if (!step.error) return undefined;
  const { code, message } = step.error;
  if ('sent' in step && !step.sent) return `not sent (${code ?? message})`;
  return code === undefined || message.includes(code) ? message : `${message} (${code})`;
}

interface StepText {
  readonly label: string;
  readonly text: string;
  readonly details: readonly Line[];
}

function linesOf(step: Step): StepText {
  switch (step.step) {
    case 'look-up':
      return { label: 'look-up', text: [step.host, ...list(step.addresses)].join(': '), details: [] };
    case 'connect': {
      const at = step.address === undefined || step.address === step.host ? '' : ` at ${step.address}`;
      return { label: step.proxy ? 'connect proxy' : 'connect', text: `${step.host}:${step.port}${at}`, details: [] };
    }
    case 'tunnel':
      return { label: 'tunnel', text: `to ${step.to} through ${step.proxy}`, details: [] };
    case 'tls':
      return tlsText(step);
    case 'token-request':
    case 'call':
      return exchangeText(step);
    case 'token':
      return tokenText(step);
  }
}

function list(texts: readonly string[]): string[] {
  return texts.length === 0 ? [] : [texts.join(', ')];
}

function tlsText({ serverName, protocol, checked, certificates }: TlsStep): StepText {
  const facts = [serverName, ...(protocol === undefined ? [] : [protocol]), ...(checked ? [] : ['not checked'])];
  const details = certificates.flatMap((certificate, index) => certificateLines(certificate, index + 1));
  return { label: 'tls', text: facts.join(', '), details };
}

function certificateLines(
  { subject, issuer, names, validFrom, validTo, problem }: CertificateFacts,
  at: number,
): Line[] {
  const life = `${validFrom.slice(0, 10)} to ${validTo.slice(0, 10)}`;
  return [
    detail(`cert ${at}`, `${subject}; from ${issuer}; ${life}`),
    ...list(names).map((text) => detail('', `for ${text}`)),
    ...(problem === undefined ? [] : [detail('', `✗ ${problem}`)]),
  ];
}

function exchangeText({ step, request, answer, attempts, sent }: ExchangeStep): StepText {
  const { method, url, headers, form, assertion } = request;
  const shown = sent ? [...under('sent', pairs(headers, ': ')), ...under('form', pairs(form, '='))] : [];
  const times = attempts === 1 ? '' : `, ${attempts} attempts`;
  return {
    label: step === 'call' ? 'call' : 'token request',
    text: `${method} ${url}${answer ? ` → ${answer.status}` : times}`,
    details: [
      ...shown,
      ...(assertion && sent ? jwtLines('assertion', assertion) : []),
      ...(answer ? under('answer', [...pairs(answer.headers, ': '), ...pairs(answer.body, ' = ')]) : []),
      ...(answer?.clockAhead === undefined ? [] : [detail('clock', clockText(answer.clockAhead))]),
    ],
  };
}

function tokenText({ expiresAt, expiresIn, scope, requestedScope, jwt }: TokenStep): StepText {
  const asked = requestedScope === undefined || requestedScope === scope ? '' : ` (asked for: ${requestedScope})`;
  const scopes = scope === undefined && asked === '' ? '' : `, scope ${scope ?? 'none'}${asked}`;
  return {
    label: 'token',
    text: `for ${expiresIn} s, until ${expiresAt}${scopes}`,
    details: jwt ? jwtLines('says', jwt) : [],
  };
}

function jwtLines(label: string, { header, claims }: JwtFacts): Line[] {
  const members = [...Object.entries(header), ...Object.entries(claims)];
  return under(
    label,
    members.map(([name, value]) => `${name} ${instant(name, value) ?? JSON.stringify(value)}`),
  );
}

/** Seconds since the epoch are for machines. */
function instant(name: string, value: unknown): string | undefined {
  if (!/^(?:exp|iat|nbf|auth_time)$/.test(name) || typeof value !== 'number') return undefined;
  const date = new Date(value * 1000);
  return Number.isNaN(date.getTime()) ? undefined : `${value} (${date.toISOString().replace('.000', '')})`;
}

function clockText(ahead: number): string {
  const seconds = Math.round(Math.abs(ahead) / 1000);
  if (seconds <= 1) return 'as the server’s';
  return `${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} the server’s`;
}

function pairs(record: Readonly<Record<string, string>>, between: string): string[] {
  const telling = Object.entries(record).filter(([name]) => !FRAMING.has(name));
  return telling.map(([name, value]) => `${name}${between}${value}`);
}

/** Says nothing about tokens; the date is told as the clock. */
const FRAMING = new Set(['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding', 'user-agent']);

/** The label stands once. */
function under(label: string, texts: readonly string[]): Line[] {
  return texts.map((text, index) => detail(index === 0 ? label : '', text));
}

function detail(label: string, text: string): Line {
  return { label, text, depth: 2, ok: true };
}
