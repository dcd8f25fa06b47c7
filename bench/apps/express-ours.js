/** An application that answers with what `req.backends` got, through the client that `options.through` names. */
import { backends } from 'express-oauth2-backend';
import { definitions } from './definitions.js';

const handlers = {
  async request(req, res) {
    const { body } = await req.backends.api.request('/data');
    res.json(await body.json());
  },
  async fetch(req, res) {
    const response = await req.backends.api.fetch('/data');
    res.json(await response.json());
  },
  async got(req, res) {
    res.json(await req.backends.api.got('/data').json());
  },
};

/** One route, that the client answers. */
export function attach(application, options) {
  application.use(backends(definitions(options)));
  application.get('/data', handlers[options.through]);
}
