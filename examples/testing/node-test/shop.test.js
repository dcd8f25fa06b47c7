import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import nock from 'nock';
import { createBackends, staticToken } from 'oauth2-backend';
import request from 'supertest';
import { MockAgent } from 'undici';
import { definitions, shop } from './shop.js';

const mockAgent = new MockAgent();
mockAgent.disableNetConnect();

const clients = createBackends(definitions, { tokens: { billing: staticToken('test') }, dispatcher: mockAgent });
const app = shop(clients);

after(async () => {
  await clients.close();
  await mockAgent.close();
});

it('answers with the invoices, which got asks for', async () => {
  nock('https://billing.example.com', { reqheaders: { authorization: 'Bearer test' } })
    .get('/invoices')
    .reply(200, [{ id: 1 }]);

  await request(app)
    .get('/invoices')
    .expect(200, [{ id: 1 }]);
  assert.equal(nock.isDone(), true);
});

it('answers with the customers, which fetch asks for', async () => {
  mockAgent
    .get('https://billing.example.com')
    .intercept({ path: '/customers', headers: { authorization: 'Bearer test' } })
    .reply(200, [{ id: 2 }]);

  await request(app)
    .get('/customers')
    .expect(200, [{ id: 2 }]);
  mockAgent.assertNoPendingInterceptors();
});
