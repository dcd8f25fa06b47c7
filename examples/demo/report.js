/** Prints what the steps found: one line per application, in columns, within 80 of them. */

/** A printer for `stream`; coloured only where the stream is a terminal with colours and `NO_COLOR` is not set. */
export function reporter(stream) {
  const colours = stream.hasColors?.() ?? false;
  const paint = (code, text) => (colours ? `\x1b[${code}m${text}\x1b[0m` : text);
  let places;
  const line = (text = '') => void stream.write(`${text}\n`);

  return {
    line,
    /** A heading, the claim, and the columns' names. */
    step(number, { title, claim }) {
      line();
      line(paint(1, `${number} ${title}`));
      line(paint(2, `  ${claim}`));
    },
    columns() {
      line(paint(2, `    ${columns('app', 'token endpoint', 'API', 'caller')}`));
    },
    /** One finding; what did not hold is listed below it. Returns whether all of it held. */
    finding({ app, tokenEndpoint, api, caller, checks }) {
      const broken = Object.keys(checks).filter((check) => !checks[check]);
      const ok = broken.length === 0;
      line(`  ${mark(ok)} ${columns(`${app.name} ${app.client}`, tokenEndpoint, api, caller)}`);
      for (const check of broken) line(paint(31, `      not shown: ${check}`));
      return ok;
    },
    /** The tokens `{ end, claims }` that were issued meanwhile, four at most; by whom and for what, where that is new. */
    tokens(tokens) {
      for (const { end, claims } of tokens.slice(0, 4)) {
        const { client_id, sub, scope, iss, aud, iat, exp } = claims;
        const claimed = `client_id ${client_id}, sub ${sub}, scope ${scope}, lives ${exp - iat} s`;
        line(paint(2, `      token …${end}  ${claimed}`));
        const next = `iss ${iss}, aud ${aud}`;
        if (next !== places) line(paint(2, `                     ${next}`));
        places = next;
      }
      if (tokens.length > 4) line(paint(2, `      and ${tokens.length - 4} more`));
    },
    /** A step that could not be run to its end. */
    failure(error) {
      line(`  ${mark(false)} ${paint(31, `stopped: ${error.message}`)}`);
    },
    summary(ok, text) {
      line();
      line(`${mark(ok)} ${paint(1, text)}`);
    },
  };

  function mark(ok) {
    return ok ? paint(32, '✓') : paint(31, '✗');
  }
}

function columns(app, tokenEndpoint, api, caller) {
  return `${app.padEnd(13)}${tokenEndpoint.padEnd(18)}${api.padEnd(19)}${caller}`;
}
