import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matcher } from '../protocol/template';

// The table of tests/Roundtrip.Live.Tests/TopicTests.cs.
const cases: [string, string, boolean][] = [
  ['*', 'anything', true],
  ['a', 'a', true],
  ['a', 'A', false],
  ['a', 'ab', false],
  ['/books/{id}', '/books/1', true],
  ['/books/{id}', '/books/a%20b', true],
  ['/books/{id}', '/books/', true],
  ['/books/{id}', '/books/1/pages', false],
  ['/books/{id}', '/authors/1', false],
  ['https://e.test/{a}/b/{c}', 'https://e.test/x/b/y', true],
  ['{a}', '', true],
  ['{x,y}', '1,2', true],
  ['{id:3}', '123', true],
  ['/f{+path}', '/f/a/b?c', true],
  ['/f{#part}', '/f#a/b', true],
  ['/f{#part}', '/f', true],
  ['/f{.kind}', '/f.json', true],
  ['/f{/a,b}', '/f/1/2', true],
  ['/f{/a,b}', '/f/1', true],
  ['/f{/a,b}', '/f/1/2/3', false],
  ['/f{/a*}', '/f/1/2/3', true],
  ['/f{;v,w}', '/f;v=1;w', true],
  ['/f{?q,page}', '/f?q=x&page=2', true],
  ['/f{?q,page}', '/f?page=2', true],
  ['/f{?q,page}', '/f?other=2', false],
  ['/f?a=1{&q}', '/f?a=1&q=2', true],
  ['/f{?all*}', '/f?x=1&y=2', true],
  ['/bücher/{id}', '/bücher/größe', true],
  ['/f{', '/f{', true],
  ['/f{}', '/f{}', true],
  ['/f{!x}', '/f{!x}', true],
  ['/f{!x}', '/fa', false],
];

for (const [selector, topic, matches] of cases) {
  test(`${selector} ${matches ? 'matches' : 'does not match'} ${topic || 'nothing'}`, () => assert.equal(matcher(selector)(topic), matches));
}

test('no template takes longer than its length times the text', () => {
  const began = Date.now();
  assert.equal(matcher(`${'{a*}'.repeat(250)}!`)('a'.repeat(1024)), false);
  assert.ok(Date.now() - began < 2000);
});
