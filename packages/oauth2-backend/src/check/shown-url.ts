import { MASKED, type Mask } from './mask.js';

/** Names in a query may show, values may not. */
export function shownUrl(url: string, mask: Mask): string {
  const [address = '', query] = url.split(/\?(.*)/s, 2);
  if (query === undefined) return mask.text(address, 1000);
  const names = [...new URLSearchParams(query).keys()].map((name) => `${mask.text(name, 100)}=${MASKED}`);
  return `${mask.text(address, 1000)}?${names.join('&')}`;
}
