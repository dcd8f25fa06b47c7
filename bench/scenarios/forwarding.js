/** Forwarding applications, for the scenarios that compare them. */

/** How each is called. */
export const forwardTitles = {
  ours: '`forward` of express-oauth2-backend',
  pipe: 'Express + bare undici pipe',
  proxy: 'http-proxy-middleware',
  proxyKeepAlive: 'http-proxy-middleware, keep-alive agent',
};

/** All, started. */
export function forwardingApplications(world, options = {}) {
  return Promise.all([
    world.app('forward-ours', forwardTitles.ours, options),
    world.app('forward-undici-pipe', forwardTitles.pipe, options),
    world.app('forward-proxy-middleware', forwardTitles.proxy, { ...options, keepAlive: false }),
    world.app('forward-proxy-middleware', forwardTitles.proxyKeepAlive, { ...options, keepAlive: true }),
  ]);
}
