/** What an application writes to give a backend TLS material of its own. */

/** A backend's own TLS material: PEM, by value or by the path of a file that is read at start. */
export interface TlsDefinition {
  /** PEM: certificate authorities, one or several, trusted beside the system's. */
  readonly server_ca_certificate?: string | undefined;
  /** Path: the file that holds the certificate authorities instead; read at start. */
  readonly server_ca_certificate_file?: string | undefined;
  /** PEM: the client's certificate, its chain behind it; needs `client_private_key`. */
  readonly client_certificate?: string | undefined;
  /** Path: the file that holds the client's certificate instead; read at start. */
  readonly client_certificate_file?: string | undefined;
  /** PEM: the private key of the client's certificate, not encrypted. */
  readonly client_private_key?: string | undefined;
  /** Path: the file that holds the private key instead; read at start. */
  readonly client_private_key_file?: string | undefined;
}
