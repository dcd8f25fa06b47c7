/**
 * Options of Node's and undici's connections that nobody sets here. They are spelled out, because Node and undici read their
 * options' prototype too: what somebody put on `Object.prototype` would say where a connection goes and whom it trusts.
 */

type Unset<N extends string> = Readonly<Record<N, undefined>>;

function unset<const N extends string>(...names: readonly N[]): Unset<N> {
  return Object.freeze(Object.fromEntries(names.map((name) => [name, undefined])) as Unset<N>);
}

/** Of `tls.createSecureContext`. */
export const UNSET_CONTEXT = unset(
  'allowPartialTrustChain',
  'ca',
  'cert',
  'clientCertEngine',
  'crl',
  'dhparam',
  'ecdhCurve',
  'honorCipherOrder',
  'key',
  'maxVersion',
  'minVersion',
  'passphrase',
  'pfx',
  'privateKeyEngine',
  'privateKeyIdentifier',
  'secureOptions',
  'secureProtocol',
  'sessionIdContext',
  'sessionTimeout',
  'sigalgs',
  'ticketKeys',
);

/** Of `net.connect`. */
const UNSET_SOCKET = unset(
  'allowHalfOpen',
  'autoSelectFamily',
  'autoSelectFamilyAttemptTimeout',
  'blockList',
  'family',
  'fd',
  'handle',
  'hints',
  'keepAlive',
  'keepAliveInitialDelay',
  'localAddress',
  'localPort',
  'lookup',
  'noDelay',
  'onread',
  'path',
  'signal',
  'timeout',
);

/** Of `tls.connect`, beside both; it has defaults of its own for those that are not here. */
export const UNSET_TLS = Object.freeze({
  ...UNSET_CONTEXT,
  ...UNSET_SOCKET,
  ...unset('ALPNCallback', 'enableTrace', 'pskCallback', 'requestOCSP', 'secureContext', 'servername'),
});

/** Of `http.request`, where host, port, path and agent are given. */
export const UNSET_REQUEST = unset(
  '_defaultAgent',
  'auth',
  'createConnection',
  'defaultPort',
  'family',
  'hints',
  'host',
  'insecureHTTPParser',
  'joinDuplicateHeaders',
  'localAddress',
  'localPort',
  'lookup',
  'maxHeaderSize',
  'servername',
  'setHost',
  'signal',
  'socketPath',
  'timeout',
  'uniqueHeaders',
);

/** Of Node's agents: not those of a request, which an agent's would replace. */
export const UNSET_POOL = Object.freeze(
  Object.fromEntries(
    Object.keys(UNSET_TLS)
      .filter((name) => name !== 'path' && !Object.hasOwn(UNSET_REQUEST, name))
      .map((name) => [name, undefined]),
  ),
);

/** Of undici's `Agent`, and of the pools and clients that it makes by its own options. */
export const UNSET_AGENT = unset(
  'autoSelectFamily',
  'autoSelectFamilyAttemptTimeout',
  'clientTtl',
  'connectTimeout',
  'connectionWindowSize',
  'connections',
  'eventSource',
  'factory',
  'idleTimeout',
  'initialWindowSize',
  'interceptors',
  'keepAlive',
  'keepAliveMaxTimeout',
  'keepAliveTimeout',
  'keepAliveTimeoutThreshold',
  'localAddress',
  'maxCachedSessions',
  'maxConcurrentStreams',
  'maxHeaderSize',
  'maxKeepAliveTimeout',
  'maxOrigins',
  'maxRequestsPerClient',
  'maxResponseSize',
  'pingInterval',
  'requestTimeout',
  'socketPath',
  'socketTimeout',
  'strictContentLength',
  'tls',
  'useH2c',
  'webSocket',
);

/** Of `http2.connect`, where the socket is given. */
export const UNSET_SESSION = unset(
  'host',
  'maxDeflateDynamicTableSize',
  'maxOutstandingPings',
  'maxReservedRemoteStreams',
  'maxSendHeaderBlockLength',
  'maxSessionInvalidFrames',
  'maxSessionMemory',
  'maxSessionRejectedStreams',
  'maxSettings',
  'paddingStrategy',
  'peerMaxConcurrentStreams',
  'port',
  'protocol',
  'remoteCustomSettings',
  'strictFieldWhitespaceValidation',
  'unknownProtocolTimeout',
);

/** Of the settings of a session. */
export const UNSET_SETTINGS = unset(
  'customSettings',
  'enableConnectProtocol',
  'headerTableSize',
  'maxConcurrentStreams',
  'maxFrameSize',
  'maxHeaderSize',
);

/** Of a session's streams. */
export const UNSET_STREAM = unset('exclusive', 'parent', 'signal', 'silent', 'waitForTrailers', 'weight');
