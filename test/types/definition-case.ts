/** Definitions as text, for the compiler, the JSON schema and the run time to judge. */

/** One of them. */
export interface DefinitionCase {
  readonly name: string;
  /** An expression that gives definitions. */
  readonly text: string;
  /** A part of what the compiler says; of wrong ones. */
  readonly says?: string;
  /** The definitions are no literal: what is wrong with them stands in the error's last line. */
  readonly variable?: boolean;
  /** Told by a look at the other backends, which no JSON schema can take. */
  readonly schemaless?: boolean;
  /** Without `strictNullChecks` nothing is said of it. */
  readonly strictOnly?: boolean;
}
