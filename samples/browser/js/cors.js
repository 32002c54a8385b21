import { check, equal, marked, other, own, row } from './rows.js';
import { send } from './xhr.js';

const group = `CORS: this page is of ${own}, what it asks for of ${other}`;
const resource = name => `${other}/cgi/echo.py/${name}`;

// A page cannot tell a refusal from a network that is away, so it is seen first that the other origin is there: that it may, without the answer.
async function refused(url, options) {
  await fetch(resource('open'), { mode: 'no-cors' });
  const answer = await fetch(url, options).catch(error => error);
  check(answer instanceof TypeError, 'it was let through');
  return 'The script gets a TypeError and no answer.';
}

row(group, 'cors-same-origin', 'Of its own origin a page may ask anything', async () => {
  const answer = await fetch('/cgi/echo.py', { method: 'PUT', headers: { 'X-Note': 'mine' }, body: 'x' });
  const { method, note } = await answer.json();
  equal(`${method} ${note} ${answer.headers.get('x-hidden')}`, 'PUT mine not exposed', 'what came');
  return 'PUT with a field of its own, no preflight';
});

row(group, 'cors-simple', 'A simple request is answered where the other origin allows it', async () => {
  const { response, status } = await send({ method: 'POST', url: marked(resource('open'), 'cors-simple'), body: 'x' });
  equal(status, 200, 'the status');
  equal(response.origin, own, 'the Origin that the server saw');
  return `Origin: ${response.origin}`;
});

row(group, 'cors-refused', 'The answer is kept from the page where it does not', () => refused(resource('closed')));

row(group, 'cors-preflight', 'PUT and a field of its own are asked for first, and allowed', async () => {
  const answer = await fetch(resource('named'), { method: 'PUT', headers: { 'X-Note': 'hello', 'Content-Type': 'application/json' }, body: '{}' });
  const { method, note } = await answer.json();
  equal(`${method} ${note}`, 'PUT hello', 'what came');
  return 'OPTIONS, then PUT';
});

row(group, 'cors-preflight-method', 'A request whose method is not allowed is not even sent', () => refused(resource('named'), { method: 'DELETE' }));
row(group, 'cors-preflight-field', 'Nor is one with a field that is not allowed', () => refused(resource('named'), { headers: { 'X-Other': '1' } }));
row(group, 'cors-open-preflight', 'A resource for everybody allows only what needs no preflight', () => refused(resource('open'), { method: 'PUT' }));

row(group, 'cors-expose', 'The page reads only those fields of the answer that are exposed', async () => {
  const { headers } = await fetch(resource('named'));
  equal(headers.get('x-answer'), 'exposed', 'X-Answer');
  equal(headers.get('x-hidden'), null, 'X-Hidden');
  return 'X-Answer, but not X-Hidden';
});

row(group, 'cors-no-credentials', 'Cookies stay at home unless they are asked for', async () => {
  await cookie();
  const { cookie: sent } = await (await fetch(marked(resource('named'), 'cors-no-credentials'))).json();
  equal(sent, '', 'Cookie');
  return 'no Cookie';
});

row(group, 'cors-credentials', 'They go where the page asks for it and the other origin names this one', async () => {
  const value = await cookie();
  const { cookie: sent } = await (await fetch(marked(resource('named'), 'cors-credentials'), { credentials: 'include' })).json();
  check(sent.includes(`visit=${value}`), `Cookie is ${JSON.stringify(sent)}`);
  return sent;
});

row(group, 'cors-credentials-any', '"*" is not enough for that', () => refused(resource('open'), { credentials: 'include' }));

row(group, 'cors-forbidden', 'Some fields only the browser sets', async () => {
  const { response } = await send({ url: marked('/cgi/echo.py', 'cors-forbidden'), before: xhr => xhr.setRequestHeader('Cookie', 'forged=1') });
  check(!response.cookie.includes('forged'), 'a script set Cookie');
  return 'Cookie, set by the script, was not sent';
});

async function cookie() {
  const value = Math.random().toString(36).slice(2);
  // Partitioned: browsers keep other cookies from what another site's page includes, and http and https are two sites.
  await fetch(`${resource('named')}?cookie=${value}`, { credentials: 'include' });
  return value;
}
