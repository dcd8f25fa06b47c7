/** Options of a function of ours, as they were given. */

import { ConfigurationError } from '../../errors.js';
import { ownMembers } from '../own-members.js';
import { isNamedMembers, kindOf } from './members.js';

/** The options' own members; none are no options. @throws ConfigurationError when they are anything but an object */
export function givenOptions<T extends object>(options: T | undefined): Partial<T> {
  if (options === undefined) return ownMembers({});
  if (isNamedMembers(options)) return ownMembers(options);
  throw new ConfigurationError([{ path: 'options', message: `must be an object, not ${kindOf(options)}` }]);
}
