/** A backend's definition as one writes it in JavaScript. */

/** An expression; texts are values. */
interface Expression {
  readonly code: string;
}

export interface Members {
  readonly [name: string]: string | Expression | Members;
}

/** `billing: { … },` to be pasted between the braces of `backends({ … })`. */
export function definitionCode(name: string, definition: Members): string {
  return `${name}: ${value(definition, '')},\n`;
}

function value(member: Members[string], indent: string): string {
  if (typeof member === 'string') return `'${member.replace(/[\\']/g, '\\$&')}'`;
  if (isExpression(member)) return member.code;
  const inside = `${indent}  `;
  const lines = Object.entries(member).map(([name, inner]) => `${inside}${name}: ${value(inner, inside)},\n`);
  return `{\n${lines.join('')}${indent}}`;
}

function isExpression(member: Expression | Members): member is Expression {
  return typeof member['code'] === 'string';
}
