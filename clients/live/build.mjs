#!/usr/bin/env node
// Builds dist/client.js (what a page imports) and dist/worker.js (what runs beside it). With --verify only says whether they are what the sources give; with --tests builds the tests into build/.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = dirname(fileURLToPath(import.meta.url));
const outputs = [
  // A module, since a page imports from it.
  { entry: 'page/client.ts', file: 'dist/client.js', format: 'esm' },
  // One closed function: it runs the same as a classic worker, as a module worker, by importScripts and by import().
  { entry: 'worker/main.ts', file: 'dist/worker.js', format: 'iife' },
];

if (process.argv.includes('--tests')) {
  const tests = readdirSync(join(folder, 'tests')).filter(name => name.endsWith('.test.ts') || name === 'mock-server.ts');
  // A test whose source is gone must not run.
  rmSync(join(folder, 'build'), { recursive: true, force: true });
  await build({ absWorkingDir: folder, entryPoints: tests.map(name => join('tests', name)), outdir: 'build', outExtension: { '.js': '.mjs' }, bundle: true, platform: 'node', format: 'esm', target: 'node18', sourcemap: 'inline' });
} else {
  for (const { entry, file, format } of outputs) {
    const made = await build({ absWorkingDir: folder, entryPoints: [entry], bundle: true, minify: true, format, target: 'es2020', charset: 'utf8', legalComments: 'none', write: false });
    const path = join(folder, file);
    const text = made.outputFiles[0].contents;
    if (process.argv.includes('--verify')) {
      if (!existsSync(path) || !readFileSync(path).equals(Buffer.from(text))) {
        console.error(`${file} is not what its sources give: node build.mjs`);
        process.exitCode = 1;
      }
    } else {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  }
}
