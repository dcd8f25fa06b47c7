/** Node's request holds the Authorization header as it was sent; got's answers and streams lead to it. */

/** Takes a member out of console output and enumeration; whoever asks for it by name still gets it. */
export function hideRequest(holder: object, member: string): void {
  const found = Object.getOwnPropertyDescriptor(holder, member);
  if (found?.configurable && found.enumerable) Object.defineProperty(holder, member, { ...found, enumerable: false });
}

/** The same for an answer that got has not seen yet: what got will put there is hidden from the start. */
export function hideInAnswer(response: { req: unknown }): void {
  const value = response.req;
  Object.defineProperty(response, 'req', { value, enumerable: false });
  Object.defineProperty(response, 'request', { value: undefined, writable: true, configurable: true });
}
