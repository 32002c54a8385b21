#!/usr/bin/env node
// Makes the compressed siblings (.br, .gz) of this site's text files; with --verify only says which are not in step.
import { readFileSync, readdirSync, writeFileSync, existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from 'node:zlib';

const site = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const verify = process.argv.includes('--verify');
const codings = [
  ['.br', text => brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length } }), brotliDecompressSync],
  ['.gz', text => gzipSync(text, { level: 9 }), gunzipSync],
];

function* textFiles(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* textFiles(path);
    else if (/\.(html|css|js|svg)$/.test(entry.name)) yield path;
  }
}

let stale = 0;
for (const path of textFiles(site)) {
  const text = readFileSync(path);
  for (const [ending, compress, decompress] of codings) {
    const sibling = path + ending;
    if (existsSync(sibling) && decompress(readFileSync(sibling)).equals(text)) continue;
    if (verify) {
      console.error(`${sibling} is not in step with its source`);
      stale++;
    } else {
      writeFileSync(sibling, compress(text));
    }
  }
}
process.exitCode = stale ? 1 : 0;
