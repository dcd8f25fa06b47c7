/** What the docstrings of the definitions say of each attribute: the one text for editors and for the README's tables. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** An attribute as its docstring and its type describe it. */
export interface AttributeText {
  readonly name: string;
  /** In words: `duration`, `string or function`. */
  readonly type: string;
  readonly required: boolean;
  /** As it would be written in a configuration; `undefined` for none. */
  readonly preset: string | undefined;
  readonly meaning: string;
  /** The docstring as it stands, in one line. */
  readonly text: string;
  readonly node: ts.TypeNode;
}

const folder = join(import.meta.dirname, '../../packages/oauth2-backend/src/definitions');

/** Gives the attributes of an interface that stands in a file of `definitions/`, without those it inherits. */
export function attributeTexts(file: string, name: string): readonly AttributeText[] {
  const source = ts.createSourceFile(file, readFileSync(join(folder, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const found = source.statements.find(
    (statement): statement is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(statement) && statement.name.text === name,
  );
  if (!found) throw new Error(`${file} has no interface ${name}`);
  return found.members.filter(ts.isPropertySignature).map(describe);
}

function describe(member: ts.PropertySignature): AttributeText {
  const name = member.name.getText();
  const [doc] = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc);
  const text = ts.getTextOfJSDocComment(doc?.comment)?.replaceAll(/\s+/g, ' ').trim();
  if (!text || !member.type) throw new Error(`${name} has no docstring`);
  const preset = ts.getJSDocTags(member).find((tag) => tag.tagName.text === 'default');
  const { lead, rest } = leadOf(text);
  return {
    name,
    type: lead ?? [...new Set(typeWords(member.type))].join(' or '),
    required: !member.questionToken,
    preset: ts.getTextOfJSDocComment(preset?.comment)?.trim(),
    meaning: uncapitalized(rest).replace(/\.$/, ''),
    text,
    node: member.type,
  };
}

/** `Duration: from the call …`: what stands ahead of the first colon says the type more exactly than TypeScript can. */
function leadOf(text: string): { readonly lead?: string; readonly rest: string } {
  const [, lead, rest] =
    /^((?:PEM|UR[IL]|Path|String|Integer|Duration|Host name|Name or|Array of)\b[\w ,]*|`[^`]+`): (.+)$/.exec(text) ??
    [];
  return lead === undefined || rest === undefined ? { rest: text } : { lead: uncapitalized(lead), rest };
}

/** `URL` and `HTTP/2` stay as they are. */
function uncapitalized(text: string): string {
  return text.replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase());
}

const NAMED: Readonly<Record<string, string>> = {
  TlsDefinition: 'block',
  JwtSigningProfile: 'block',
  OAuth2Definition: 'block',
  StepUpDefinition: 'block',
  TokenBackendDefinition: 'block',
  TokenSource: 'token source',
  ValuesByName: 'object of string or string[]',
  ModifiersByName: 'object of string, string[] or function',
  Members: 'object',
};

function typeWords(type: ts.TypeNode): string[] {
  if (ts.isUnionTypeNode(type)) return type.types.flatMap(typeWords);
  if (ts.isParenthesizedTypeNode(type)) return typeWords(type.type);
  if (ts.isFunctionTypeNode(type)) return ['function'];
  if (ts.isLiteralTypeNode(type)) return [`\`${type.getText().replaceAll("'", '"')}\``];
  const text = type.getText();
  return text === 'undefined' ? [] : [NAMED[text] ?? text];
}
