import { check, equal, marked, row } from './rows.js';

const echo = '/cgi/echo.py';

/** Sends with XMLHttpRequest and resolves at loadend. */
export function send({ method = 'GET', url, body = null, type = 'json', before }) {
  return new Promise(resolve => {
    const xhr = new XMLHttpRequest();
    xhr.open(method, url);
    xhr.responseType = type;
    before?.(xhr);
    xhr.onloadend = () => resolve(xhr);
    xhr.send(body);
  });
}

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
const hex = async data => Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', data)), byte => byte.toString(16).padStart(2, '0')).join('');
const formData = () => {
  const form = new FormData();
  form.append('name', 'Ada');
  form.append('file', new File([bytes], 'bytes.bin'));
  return form;
};

// What is sent: its Content-Type, and its bytes where they are ours to say.
const sends = [
  ['string', 'a string', () => 'grüße', 'text/plain;charset=UTF-8', 'grüße'],
  ['params', 'URLSearchParams', () => new URLSearchParams({ a: '1', b: 'ü' }), 'application/x-www-form-urlencoded;charset=UTF-8', 'a=1&b=%C3%BC'],
  ['formdata', 'FormData with a file', formData, /^multipart\/form-data; boundary=/, null],
  ['blob', 'a Blob', () => new Blob([bytes], { type: 'application/x-blob' }), 'application/x-blob', bytes],
  ['file', 'a File', () => new File([bytes], 'file.bin', { type: 'application/x-file' }), 'application/x-file', bytes],
  ['arraybuffer', 'an ArrayBuffer', () => bytes.buffer, '', bytes],
  ['view', 'a view of one', () => bytes.subarray(10, 20), '', bytes.subarray(10, 20)],
  ['document', 'a Document', () => new DOMParser().parseFromString('<a><b>1</b></a>', 'application/xml'), 'application/xml;charset=UTF-8', '<a><b>1</b></a>'],
];
for (const [id, name, make, type, content] of sends) {
  row('XMLHttpRequest: what is sent', `xhr-send-${id}`, `It sends ${name}`, async () => {
    const { response, status } = await send({ method: 'POST', url: marked(echo, `xhr-send-${id}`), body: make() });
    equal(status, 200, 'the status');
    check(type instanceof RegExp ? type.test(response.type) : response.type.replace('; ', ';').toLowerCase() === type.toLowerCase(), `Content-Type is ${JSON.stringify(response.type)}`);
    if (content !== null) equal(response.sha256, await hex(typeof content === 'string' ? new TextEncoder().encode(content) : content), 'the SHA-256 of the content');
    else check(response.length > bytes.length && response.text.includes('name="file"; filename="bytes.bin"'), `the form is ${response.text}`);
    return `${response.length} bytes, ${response.type || 'no Content-Type'}`;
  });
}

const receives = [
  ['default', '', 'text', 'text', response => equal(response, 'grüße\n', 'the response')],
  ['text', 'text', 'text', 'text', response => equal(response, 'grüße\n', 'the response')],
  ['arraybuffer', 'arraybuffer', 'bytes', 'an ArrayBuffer', response => check(response instanceof ArrayBuffer && new Uint8Array(response).every((byte, i) => byte === i) && response.byteLength === 256, 'not the 256 bytes')],
  ['blob', 'blob', 'bytes', 'a Blob', response => check(response instanceof Blob && response.size === 256, 'not the 256 bytes')],
  ['document', 'document', 'xml', 'a Document', response => equal(response?.querySelector('answer > n')?.textContent, '1', 'the element')],
  ['json', 'json', 'json', 'JSON', response => equal(JSON.stringify(response), '{"answer":[1,2,3]}', 'the value')],
];
for (const [id, type, as, name, verify] of receives) {
  row('XMLHttpRequest: what is received', `xhr-receive-${id}`, `responseType "${type}" gives ${name}`, async () => {
    const xhr = await send({ url: marked(`${echo}?as=${as}`, `xhr-receive-${id}`), type });
    equal(xhr.status, 200, 'the status');
    verify(xhr.response);
    return xhr.getResponseHeader('content-type');
  });
}

/** Notes each event of a target in order, as `type loaded/total`. */
function listen(target, list) {
  for (const type of ['loadstart', 'progress', 'abort', 'error', 'load', 'timeout', 'loadend']) {
    target.addEventListener(type, ({ loaded, total, lengthComputable }) => list.push({ type, loaded, total, lengthComputable }));
  }
}
const order = list => list.map(({ type }) => type).filter((type, i, all) => type !== all[i - 1]).join(' ');

row('XMLHttpRequest: events', 'xhr-events-download', 'Receiving: loadstart once, progress many times with loaded and total, load, loadend once', async () => {
  const list = [];
  await send({ url: `${echo}?as=slow`, type: 'arraybuffer', before: xhr => listen(xhr, list) });
  equal(order(list), 'loadstart progress load loadend', 'the order');
  const progress = list.filter(({ type }) => type === 'progress');
  check(progress.length > 1, 'progress came only once: what is between holds the answer back');
  check(progress.every(({ total, lengthComputable }) => lengthComputable && total === 65536), 'total is not the Content-Length');
  check(progress.every(({ loaded }, i) => loaded >= (progress[i - 1]?.loaded ?? 0)) && progress.at(-1).loaded === 65536, 'loaded does not grow to the end');
  return `progress ${progress.map(({ loaded, total }) => `${loaded}/${total}`).join(', ')}`;
});

row('XMLHttpRequest: events', 'xhr-events-upload', 'Sending: the same events on upload', async () => {
  const list = [];
  const size = 4 << 20;
  const { status } = await send({ method: 'POST', url: echo, body: new Blob([new Uint8Array(size)]), before: xhr => listen(xhr.upload, list) });
  equal(status, 200, 'the status');
  equal(order(list), 'loadstart progress load loadend', 'the order');
  const progress = list.filter(({ type }) => type === 'progress');
  check(progress.every(({ total, lengthComputable }) => lengthComputable && total === size) && progress.at(-1).loaded === size, 'loaded and total are not the content\'s');
  return `progress ${progress.length === 1 ? 'once' : `${progress.length} times`}, up to ${progress.at(-1).loaded}/${size}`;
});

for (const [id, title, before, url] of [
  ['abort', 'abort() gives abort and loadend', xhr => setTimeout(() => xhr.abort(), 1000), `${echo}?as=never`],
  ['timeout', 'timeout gives timeout and loadend', xhr => { xhr.timeout = 1000; }, `${echo}?as=never`],
  ['error', 'An answer that breaks off gives error and loadend', () => {}, `${echo}?as=broken`],
]) {
  row('XMLHttpRequest: events', `xhr-events-${id}`, title, async () => {
    const list = [];
    const xhr = await send({ url: marked(url, `xhr-events-${id}`), type: '', before: it => { listen(it, list); before(it); } });
    // What came before it broke off may have shown as progress.
    equal(order(list).replace(' progress', ''), `loadstart ${id} loadend`, 'the order');
    equal(xhr.status, 0, 'the status');
    return order(list);
  });
}
