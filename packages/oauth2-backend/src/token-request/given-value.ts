/** What a function of the application gives: a value of the right kind, or an error that says whose it was. */

import { isPlainObject } from '../definitions/schema/members.js';
import { MissingSubjectError, NoTokenError } from '../errors.js';

/** Whose function it is, for messages. */
export interface Given {
  /** The attribute: `client_secret`. */
  readonly attribute: string;
  readonly backend: string;
}

/** What it gives, whatever that is. @throws NoTokenError when the function throws; its error is the `cause` */
export async function givenValue(given: Given, give: () => unknown): Promise<unknown> {
  try {
    return await give();
  } catch (cause) {
    throw failure(given, 'threw', cause);
  }
}

/** Whether a function gives nothing: no user, as opposed to a mistake. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** An application's function may throw this error to say that its request has no user. @throws it, else the given one */
export function passMissingSubject(error: NoTokenError): never {
  throw error.cause instanceof MissingSubjectError ? error.cause : error;
}

/** The error for a value of the wrong kind; it names the kind. */
export function unusable(given: Given, value: unknown): NoTokenError {
  return failure(given, `gave ${kindOf(value)}`);
}

/** @throws NoTokenError when the function throws (its error is the `cause`) or gives anything but a non-empty string */
export async function givenText(given: Given, give: () => unknown): Promise<string> {
  const value = await givenValue(given, give);
  if (typeof value === 'string' && value !== '') return value;
  throw unusable(given, value);
}

/** The object as JSON has it, a copy. @throws NoTokenError as above, for anything but plain objects and lists in one another of values that JSON has */
export async function givenObject(given: Given, give: () => unknown): Promise<Record<string, unknown>> {
  const value = await givenValue(given, give);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unusable(given, value);
  }
  const copy = copyOf(given, value);
  if (isPlainObject(value) && isPlainObject(copy)) return copy as Record<string, unknown>;
  throw failure(given, 'gave an object that is not a plain one');
}

function copyOf(given: Given, value: object): unknown {
  let lost: string | undefined;
  const text = () =>
    JSON.stringify(value, (name, member: unknown) => {
      lost ??= lossOf(name, member);
      return member;
    });
  let copy: unknown;
  try {
    copy = JSON.parse(text());
  } catch (cause) {
    throw failure(given, 'gave an object that JSON cannot hold', cause);
  }
  if (lost !== undefined) throw failure(given, `gave an object ${lost}`);
  return copy;
}

/**
 * What JSON leaves out, or makes the same of different values: a person who is not known must not become nobody, for then
 * all such requests would be one person's. A Map and an instance with private fields read as `{}`.
 */
function lossOf(name: string, member: unknown): string | undefined {
  if (member === undefined) return `whose "${name}" is undefined`;
  if (typeof member === 'function' || typeof member === 'symbol') return `whose "${name}" is a ${typeof member}`;
  if (typeof member === 'number' && !Number.isFinite(member)) return `whose "${name}" is no finite number`;
  const odd = typeof member === 'object' && member !== null && !Array.isArray(member) && !isPlainObject(member);
  return odd ? 'that is not a plain one' : undefined;
}

function failure({ attribute, backend }: Given, what: string, cause?: unknown): NoTokenError {
  const message = `${attribute} of "${backend}" could not be had: its function ${what}`;
  return new NoTokenError(message, { cause, backend, statusCode: 502 });
}

function kindOf(value: unknown): string {
  if (value === '') return 'an empty string';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value;
}
