/**
 * What must never show, and the definitions that hold it. Add a row when a new kind of secret comes.
 *
 * `client_secret_function` stands for a function that gives the secret: rows travel as JSON.
 */

const secret = 'Zq+7%c4N "arY/&ü?x=9sEcReT~kLmW';

/** Each canary by name: found in any spelling, and in any piece of a dozen characters or bytes, it has leaked. */
export const canaries = {
  token: 'eyJ0b2tlbi1j.QW5hcnktOTg3NjU0.Zx-vB_nM+qW~eR/tY=',
  client_secret: secret,
  basic: basicPair(form(secret)),
  raw_basic: basicPair(secret),
  endpoint_query: 'kEy-8v7c6X5z4L3k2J1h',
  assertion: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnktNzcifQ.k3-Jq_Zt8vWm2Xy5Lr0Bn4Hd6Ps9Gf1C',
  params: 'pArAm-6xR2_qV8.kJ5~wY3',
  password: 'pW-3fT9+ö%Kd(82)mQx*Ls',
  basic_auth: 'gAtE7:mJ4-vU6.hY1_rB0',
  proxy_credentials: 'pRoXy5:nC8-wE2.tG9_zK3',
  refresh_token: 'rT-6yU8iK9oL0pM3nB4vC',
  param: 'vEnD0r-kQ7wE9rT1yU3i',
  header: 'hEaD3r-zX5cV7bN9mK1j',
  query: 'qUeRy8-hG6fD4sA2pO9i',
  api_header: 'aPi4-lK2jH3gF5dS7aQ9',
};

/** What each row changes of a backend's definition. */
export const rows = [
  { name: 'basic', oauth2: { client_secret: secret } },
  { name: 'basic-raw', oauth2: { client_secret: secret, basic_encoding: 'raw' } },
  {
    name: 'post',
    oauth2: {
      grant_type: 'password',
      username: 'ann',
      password: canaries.password,
      client_secret: secret,
      token_endpoint_auth_method: 'client_secret_post',
    },
    backend: { basic_auth: canaries.basic_auth },
  },
  {
    name: 'bearer',
    oauth2: {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: canaries.assertion,
      client_secret: secret,
      params: { api_key: canaries.params },
    },
  },
  { name: 'function', oauth2: { client_secret_function: secret } },
];

/** The spellings of a value: as it is, escaped, in Base64 at each of its three alignments, in hexadecimal digits. */
export function spellings(value) {
  const bytes = Buffer.from(value);
  const aligned = [0, 1, 2].map((start) => bytes.subarray(start));
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    form(value),
    ...aligned.flatMap((part) => [part.toString('base64'), part.toString('base64url')]),
    bytes.toString('hex'),
    // as a Buffer is printed, and as it is in JSON
    bytes.toString('hex').replace(/..(?!$)/g, '$& '),
    bytes.join(),
  ];
}

/** The canaries that a text gives away, each with the piece that was found and what stands around it. */
export function leaks(text) {
  const found = new Map();
  for (const [length, owners] of pieces) {
    for (let at = 0; at + length <= text.length; at++) {
      for (const name of owners.get(text.slice(at, at + length)) ?? []) {
        if (!found.has(name)) found.set(name, `${name}: ${text.slice(Math.max(0, at - 300), at + 60)}`);
      }
    }
  }
  return [...found.values()];
}

/** By their length: each piece of each spelling, with the canaries whose it is. */
const pieces = new Map();
for (const [name, value] of Object.entries(canaries)) {
  for (const piece of spellings(value).flatMap(piecesOf)) {
    const owners = pieces.get(piece.length) ?? new Map();
    pieces.set(piece.length, owners.set(piece, new Set(owners.get(piece)).add(name)));
  }
}

function piecesOf(spelling) {
  // A byte in a list takes several characters.
  const length = /^[\da-f]+[ ,][\da-f ,]+$/.test(spelling) ? 36 : 12;
  return Array.from({ length: Math.max(1, spelling.length - length + 1) }, (_, at) => spelling.slice(at, at + length));
}

function basicPair(password) {
  return Buffer.from(`shop:${password}`).toString('base64');
}

function form(value) {
  return new URLSearchParams({ v: value }).toString().slice(2);
}
