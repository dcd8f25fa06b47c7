/** What the scripted servers' clients have in common. */
import { pemOf } from '../../../packages/oauth2-backend/test/definitions/signing-keys.js';
import { keys } from './servers.js';

/** A user of the password grant. */
export const person = { grant_type: 'password', username: 'ann', password: 's3cr3t-of-ann' };

/** A client that proves itself by a key. */
export const signed = {
  client_secret: undefined,
  token_endpoint_auth_method: 'private_key_jwt',
  jwt_signing_profile: {
    signature_algorithm: 'ES256',
    key: pemOf(keys.privateKey),
    ttl: '1m',
    headers: { kid: 'old' },
  },
};

/** The date of a server whose clock, or ours, is wrong. */
export const late = { date: 'Sun, 01 Jan 2023 00:00:00 GMT' };
