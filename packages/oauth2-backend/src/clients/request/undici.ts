/** The request carrier: undici's `request` with the backend's token, target and limits; the fastest of all. */

import type { Dispatcher } from 'undici';
import type { Bearer } from '../../bearer/bearer.js';
import { abandonBody } from '../../outbound/abandoned-body.js';
import type { CarrierSettings } from '../../outbound/settings.js';
import { type RequestOptions, readRequest } from './options.js';
import { startRequest } from './request.js';

/** A `request` that goes to one backend and carries its token. */
export type BearerRequest = (input: string | URL, options?: RequestOptions) => Promise<Dispatcher.ResponseData>;

/** `request` over given settings. */
export function requestCarrier(bearer: Bearer, settings: CarrierSettings): BearerRequest {
  return function requestWithToken(input, options) {
    // One promise a request; what is thrown in here rejects it.
    return new Promise((resolve, reject) => {
      try {
        startRequest({ bearer, settings, request: readRequest(input, options, bearer, settings), resolve, reject });
      } catch (error) {
        abandonBody(options?.body, error);
        throw error;
      }
    });
  };
}
