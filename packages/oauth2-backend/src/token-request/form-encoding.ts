/** `application/x-www-form-urlencoded` as authorization servers read it (RFC 6749 App. B). */

/** Parameters in any order; an array gives one pair for each value, in its order. */
export type FormParameters = Readonly<Record<string, string | readonly string[]>>;

/** Escapes one name or value: only `A-Z a-z 0-9 - _ . ~` stay as they are, a space becomes `+`. */
export function encodeFormValue(value: string): string {
  return encodeURIComponent(value.toWellFormed())
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

/** The body of a token request: sorted by name, empty values left out (OAuth 2.1 §3.2: the same as absent). */
export function encodeForm(parameters: FormParameters): string {
  return Object.keys(parameters)
    .sort()
    .flatMap((name) => [parameters[name] ?? []].flat().map((value) => [name, value] as const))
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${encodeFormValue(name)}=${encodeFormValue(value)}`)
    .join('&');
}
