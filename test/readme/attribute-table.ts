/** The README's attribute tables, from the description that validation uses. */

import type { Attributes } from '../../packages/oauth2-backend/src/definitions/schema/attribute.js';

/** A Markdown table: attribute, type, default, meaning. */
export function attributeTable(attributes: Attributes): string {
  const rows = Object.entries(attributes).map(([name, { type, required, default: preset, summary }]) => {
    const shown = required ? 'required' : preset === undefined ? '–' : `\`${JSON.stringify(preset)}\``;
    return `| \`${name}\` | ${type} | ${shown} | ${summary} |`;
  });
  return ['| attribute | type | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

/** The text with its tables, between `<!-- attributes: name -->` and `<!-- /attributes -->`, made anew. */
export function withTables(text: string, tables: Readonly<Record<string, Attributes>>): string {
  return text.replace(/(<!-- attributes: (\w+) -->\n)[\s\S]*?(<!-- \/attributes -->)/g, (_all, start, name, end) => {
    const attributes = tables[name];
    if (!attributes) throw new Error(`no attributes are called "${name}"`);
    return `${start}\n${attributeTable(attributes)}\n\n${end}`;
  });
}
