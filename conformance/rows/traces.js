/** Which trace a request belongs to, with OpenTelemetry's own packages and without. */
import { context, propagation, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { answers, holds, same } from '../mismatch.js';

const sent = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: 'a=b',
  baggage: 'user=alice',
};

/** Each value of these that the backend got. */
function got({ rawHeaders }, name) {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1].toLowerCase() === name);
}

export const traces = [
  {
    says: "Without an instrumentation the client's trace headers arrive, once",
    async run(cell) {
      const { ask } = await cell.application();
      answers(await ask('/api/billing/x', { headers: sent }), 200);
      const [seen] = cell.backend.requests;
      for (const [name, value] of Object.entries(sent)) same('changed', got(seen, name), [value]);
    },
  },
  {
    says: "With OpenTelemetry's instrumentation its traceparent arrives, once, and not the client's",
    async run(cell) {
      const provider = new NodeTracerProvider();
      provider.register({ propagator: new W3CTraceContextPropagator() });
      const instrumentation = new UndiciInstrumentation();
      instrumentation.setTracerProvider(provider);
      cell.ends(async () => {
        instrumentation.disable();
        for (const each of [trace, propagation, context]) each.disable();
        await provider.shutdown();
      });
      const { ask } = await cell.application();
      answers(await ask('/api/billing/x', { headers: { traceparent: sent.traceparent } }), 200);
      const values = got(cell.backend.requests[0], 'traceparent');
      holds('two of them', values.length === 1 && !values[0].includes(','), `traceparent: ${values.join(' and ')}`);
      holds('not traced', values[0] !== sent.traceparent, "it is the client's");
    },
  },
];
