import { faultyTokenEndpoint } from './faulty-token-endpoint.js';

faultyTokenEndpoint('password', 'jwt-bearer');
