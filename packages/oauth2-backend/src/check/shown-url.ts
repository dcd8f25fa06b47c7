import { MASKED, type Mask } from './mask.js';

/** Names in a query may show, values may not, nor user info and fragment: servers put tokens there. */
export function shownUrl(url: string, mask: Mask): string {
  const [given = '', query] = url.replace(/#.*/s, '').split(/\?(.*)/s, 2);
  const address = given.replace(/^(\s*[a-z][a-z\d+.-]*:)?([\\/]{2})[^\\/]*@/i, `$1$2${MASKED}@`);
  if (query === undefined) return mask.text(address, 1000);
  const names = [...new URLSearchParams(query).keys()].map((name) => `${mask.text(name, 100)}=${MASKED}`);
  return `${mask.text(address, 1000)}?${names.join('&')}`;
}
