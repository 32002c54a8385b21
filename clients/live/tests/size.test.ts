import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

test("the page's entry has less than 6 KB gzipped", () => {
  const size = gzipSync(readFileSync(new URL('../dist/client.js', import.meta.url)), { level: 9 }).length;
  assert.ok(size < 6 * 1024, `${size} bytes`);
});
