/** http-proxy-middleware as its README has it, with a constant header; `keepAlive` gives it an agent that keeps connections. */
import { Agent } from 'node:http';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { constantHeader } from '../contenders/constant-header.js';

/** Without an agent it opens a connection for each request. */
export async function attach(application, options) {
  const { origin: target, keepAlive } = options;
  const headers = await constantHeader(options);
  const agent = keepAlive ? { agent: new Agent({ keepAlive: true }) } : {};
  application.use('/api', createProxyMiddleware({ target, changeOrigin: true, headers, ...agent }));
}
