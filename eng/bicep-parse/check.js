// Parses the Bicep files under infra/ (or under the folders given) and fails on the first thing that is no Bicep.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import Parser from 'tree-sitter';
import Bicep from 'tree-sitter-bicep';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const folders = process.argv.length > 2 ? process.argv.slice(2) : [join(root, 'infra')];
const files = folders.flatMap(folder =>
  readdirSync(folder, { recursive: true }).filter(name => name.endsWith('.bicep')).map(name => join(folder, name)));

const parser = new Parser();
parser.setLanguage(Bicep);

const faults = [];
for (const file of files) {
  const text = readFileSync(file, 'utf8');
  // Parsed in pieces: the binding refuses a string above 32 KB.
  const tree = parser.parse(offset => text.slice(offset, offset + 4096));
  const path = relative(root, file);
  if (tree.rootNode.isError) {
    faults.push(`${path}: not Bicep as a whole: is a bracket or a quote left open?`);
  } else {
    collect(tree.rootNode, path);
  }
}

for (const fault of faults) {
  console.error(fault);
}

if (files.length === 0) {
  console.error(`No Bicep files under ${folders.join(', ')}.`);
}

console.log(`${files.length} Bicep files parsed, ${faults.length} faults`);
process.exitCode = files.length === 0 || faults.length > 0 ? 1 : 0;

function collect(node, file) {
  if (node.isError || node.isMissing) {
    const { row, column } = node.startPosition;
    const what = node.isMissing ? `${node.type} is missing` : `not Bicep: ${node.text.split('\n', 1)[0].slice(0, 60)}`;
    faults.push(`${file}(${row + 1},${column + 1}): ${what}`);
  } else if (node.hasError) {
    node.children.forEach(child => collect(child, file));
  }
}
