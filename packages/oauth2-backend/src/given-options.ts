/** Options of a function of ours, as they were given. */

import { isNamedMembers, kindOf } from './definitions/kind-of.js';
import { ConfigurationError } from './errors.js';

/** The options; none are no options. @throws ConfigurationError when they are anything but an object */
export function givenOptions<T extends object>(options: T | undefined): Partial<T> {
  if (options === undefined) return {};
  if (isNamedMembers(options)) return options;
  throw new ConfigurationError([{ path: 'options', message: `must be an object, not ${kindOf(options)}` }]);
}
