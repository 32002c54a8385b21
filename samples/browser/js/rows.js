// The table: one row for each mechanism, which passes with what it saw or fails with what it saw instead.

/** The server's own origin, and the same server's other port, which is another origin. */
export const own = location.origin;
export const other = new URLSearchParams(location.search).get('other')?.replace(/\/$/, '')
  ?? (location.protocol === 'https:' ? `http://${location.hostname}:8080` : `https://${location.hostname}:8443`);

const rows = [];

/** @param run resolves with a sentence for the last column, or throws. */
export function row(group, id, title, run) {
  rows.push({ group, id, title, run });
}

export function check(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}

export const equal = (is, should, what) => check(is === should, `${what} is ${JSON.stringify(is)}, not ${JSON.stringify(should)}`);
export const wait = time => new Promise(resolve => setTimeout(resolve, time));

/** What a promise comes to, or a failure after a time. */
export const within = (time, promise, what) => Promise.race([promise, wait(time).then(() => { throw new Error(`${what}: nothing in ${time} ms`); })]);

/** A URL that says for which row it is asked: so the access log can be read row by row, and one row be broken alone. */
export const marked = (url, id) => `${url}${url.includes('?') ? '&' : '?'}row=${id}`;

export const event = (target, type, time = 8000) => within(time, new Promise(resolve => target.addEventListener(type, resolve, { once: true })), type);

/** Runs them one after the other, so that they do not disturb each other's times. `?only=` picks those whose id begins so. */
export async function runAll() {
  const only = new URLSearchParams(location.search).get('only') ?? '';
  const chosen = rows.filter(({ id }) => id.startsWith(only));
  const tables = new Map();
  for (const { group, id, title } of chosen) {
    if (!tables.has(group)) {
      const heading = document.createElement('h2');
      heading.textContent = group;
      const table = document.createElement('table');
      document.getElementById('groups').append(heading, table);
      tables.set(group, table);
    }
    const line = tables.get(group).insertRow();
    line.id = line.dataset.row = id;
    line.dataset.result = 'waiting';
    for (const text of ['waiting', title, '']) line.insertCell().textContent = text;
  }
  let failed = 0;
  for (const { id, run } of chosen) {
    const line = document.getElementById(id);
    const show = (result, detail) => {
      line.dataset.result = line.cells[0].textContent = result;
      line.cells[2].textContent = detail;
    };
    show('running', '');
    try {
      show('pass', (await within(30_000, run(), 'the whole')) ?? '');
    } catch (error) {
      failed++;
      show('fail', String(error?.message ?? error));
    }
  }
  document.getElementById('summary').textContent = failed ? `${failed} of ${chosen.length} failed.` : `All ${chosen.length} passed.`;
  document.documentElement.dataset.result = failed || chosen.length === 0 ? 'fail' : 'pass';
}
