/** The README's attribute tables. */

import type { AttributeText } from './attribute-texts.js';

/** The text with its tables, between `<!-- attributes: name -->` and `<!-- /attributes -->`, made anew. */
export function withTables(text: string, tables: Readonly<Record<string, readonly AttributeText[]>>): string {
  return text.replace(/(<!-- attributes: (\w+) -->\n)[\s\S]*?(<!-- \/attributes -->)/g, (_all, start, name, end) => {
    const attributes = tables[name];
    if (!attributes) throw new Error(`no attributes are called "${name}"`);
    return `${start}\n${attributeTable(attributes)}\n\n${end}`;
  });
}

function attributeTable(attributes: readonly AttributeText[]): string {
  const rows = attributes.map(({ name, type, required, preset, meaning }) => {
    const shown = required ? 'required' : preset === undefined ? '–' : `\`${preset}\``;
    return `| \`${name}\` | ${type} | ${shown} | ${meaning} |`;
  });
  return ['| attribute | type | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}
