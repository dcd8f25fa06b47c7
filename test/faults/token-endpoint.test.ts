import { faultyTokenEndpoint } from './faulty-token-endpoint.js';

faultyTokenEndpoint('client_credentials');
