/** What an application writes to say whom a backend's connections trust and who they are. */

/** A backend's own TLS material: PEM, by value or by the path of a file that is read at construction. */
export interface TlsDefinition {
  /** Certificate authorities, one or several, trusted beside the system's. */
  readonly server_ca_certificate?: string | undefined;
  readonly server_ca_certificate_file?: string | undefined;
  /** The client's certificate, its chain behind it; needs the private key. */
  readonly client_certificate?: string | undefined;
  readonly client_certificate_file?: string | undefined;
  /** The private key of the client's certificate, not encrypted. */
  readonly client_private_key?: string | undefined;
  readonly client_private_key_file?: string | undefined;
}
