/** Node's request holds the Authorization header as it was sent; got's answers and streams lead to it. */

/** Takes a member out of console output and enumeration; whoever asks for it by name still gets it. */
export function hideRequest(holder: object, member: string): void {
  const found = Object.getOwnPropertyDescriptor(holder, member);
  if (found?.configurable) Object.defineProperty(holder, member, { ...found, enumerable: false });
}
