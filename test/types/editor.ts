/** What an editor shows in a file of an application: TypeScript's language service, as editors use it. */

import { join, resolve } from 'node:path';
import ts from 'typescript';

export interface Editor {
  /** The docstring that is shown on hover over the first `text` behind a mark. */
  hover(mark: string, text: string): string;
  /** The names that are offered at a mark, without those of the surrounding scope. */
  offered(mark: string): readonly string[];
  /** The docstring of a name that is offered at a mark. */
  offeredText(mark: string, name: string): string;
  /** What is wrong in the file, one line each. */
  errors(): readonly string[];
}

const root = resolve(import.meta.dirname, '../..');
const file = join(root, 'test/types/application.ts');
const options: ts.CompilerOptions = {
  strict: true,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  types: ['node'],
  skipLibCheck: true,
  noEmit: true,
};

/** Opens a file with this text; a mark is a comment in it that has nothing else, not even spaces. */
export function editor(text: string): Editor {
  const read = (path: string) => (path === file ? text : ts.sys.readFile(path));
  const service = ts.createLanguageService({
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    getCompilationSettings: () => options,
    getCurrentDirectory: () => root,
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot: (path) => {
      const content = read(path);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    fileExists: (path) => path === file || ts.sys.fileExists(path),
    readFile: read,
  });
  const at = (mark: string): number => {
    const index = text.indexOf(`/*${mark}*/`);
    if (index === -1) throw new Error(`the file has no mark ${mark}`);
    return index + mark.length + 4;
  };
  return {
    hover: (mark, name) => {
      const info = service.getQuickInfoAtPosition(file, text.indexOf(name, at(mark)));
      return inOneLine(info?.documentation);
    },
    offered: (mark) => {
      const entries = service.getCompletionsAtPosition(file, at(mark), {})?.entries ?? [];
      return entries.filter(({ sortText }) => sortText <= '12').map(({ name }) => name);
    },
    offeredText: (mark, name) =>
      inOneLine(
        service.getCompletionEntryDetails(file, at(mark), name, undefined, undefined, undefined, undefined)
          ?.documentation,
      ),
    errors: () =>
      service.getSemanticDiagnostics(file).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ')),
  };
}

function inOneLine(parts: ts.SymbolDisplayPart[] | undefined): string {
  return ts.displayPartsToString(parts).replaceAll(/\s+/g, ' ').trim();
}
