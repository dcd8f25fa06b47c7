/** The command cannot be carried out as it was given: exit code 2. The message is for the person who typed it. */
export class UsageError extends Error {}
