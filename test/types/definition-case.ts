/** Definitions as text, for the compiler, the JSON schema and the run time to judge. */

/** One of them. */
export interface DefinitionCase {
  readonly name: string;
  /** An expression that gives definitions. */
  readonly text: string;
  /** A part of what the compiler says; of wrong ones. */
  readonly says?: string;
  /** Without `strictNullChecks` nothing is said of it. */
  readonly strictOnly?: boolean;
}
