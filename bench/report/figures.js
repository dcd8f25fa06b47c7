/** Figures as they stand in a table. */

/** `12,345`; with digits behind the point where asked. */
export function number(value, digits = 0) {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Bytes as `12.3 MiB`. */
export function mebibytes(bytes) {
  return `${number(bytes / 2 ** 20, 1)} MiB`;
}

/** A figure that has to be at most, or at least, so much. */
export function figure(what, value, { atMost, atLeast, digits = 2, unit = '' }) {
  const target = atMost === undefined ? `≥ ${atLeast}${unit}` : `≤ ${atMost}${unit}`;
  const met = atMost === undefined ? value >= atLeast : value <= atMost;
  return { what, target, value: `${number(value, digits)}${unit}`, met };
}
