// Draws this page's own loading: one row for each resource, one bar for each phase, and the same as a table.
import { kilobytes, milliseconds, phases, resources, summary } from './timing.js';

const row = 24;
const head = 30;
const space = 'http://www.w3.org/2000/svg';

function element(name, attributes, text) {
  const made = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** A round step that gives about so many marks. */
function stepFor(length, marks) {
  const raw = length / marks;
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map(factor => factor * power).find(step => step >= raw);
}

function draw(list, width) {
  const names = width < 560 ? 118 : 190;
  const room = width - names - 78;
  const end = Math.max(...list.map(resource => resource.end));
  const height = head + list.length * row + 6;
  const svg = element('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', class: 'waterfall', 'aria-label': `Waterfall of ${list.length} resources over ${milliseconds(end)} milliseconds; the table below has the same numbers.` });
  const x = time => names + (time / end) * room;

  const step = stepFor(end, Math.max(2, room / 120));
  for (let time = 0; time <= end; time += step) {
    svg.append(element('path', { class: 'tick', d: `M${x(time).toFixed(1)} ${head - 8}V${height}` }));
    svg.append(element('text', { class: 'quiet', x: x(time).toFixed(1), y: 12, 'text-anchor': time === 0 ? 'start' : 'middle' }, time === 0 ? '0 ms' : `${+time.toFixed(1)}`));
  }
  list.forEach((resource, index) => {
    const y = head + index * row;
    const longest = Math.floor((names - 12) / 7.3);
    const name = resource.name.length > longest ? `${resource.name.slice(0, longest - 1)}…` : resource.name;
    svg.append(element('text', { x: 0, y: y + 15 }, name));
    svg.append(element('path', { class: 'wait', d: `M${x(resource.start).toFixed(1)} ${y + 11}H${x(resource.end).toFixed(1)}` }));
    let right = x(resource.end);
    for (const { key } of phases) {
      const span = resource.spans[key];
      if (!span) continue;
      const left = x(span[0]);
      right = Math.max(right, left + 1, x(span[1]));
      svg.append(element('rect', { class: `bar ${key}`, x: left.toFixed(1), y: y + 4, width: Math.max(1, x(span[1]) - left).toFixed(1), height: 14 }));
    }
    svg.append(element('text', { class: 'quiet', x: (right + 7).toFixed(1), y: y + 15 }, `${milliseconds(resource.end - resource.start)} ms`));
  });
  return svg;
}

function fillTable(body, foot, list) {
  const cell = (text, scope) => {
    const made = document.createElement(scope ? 'th' : 'td');
    if (scope) made.scope = scope;
    else made.className = 'n';
    made.textContent = text;
    return made;
  };
  const line = (name, values) => {
    const made = document.createElement('tr');
    made.append(cell(name, 'row'), ...values.map(value => cell(value)));
    return made;
  };
  body.replaceChildren(...list.map(resource => line(resource.name, [
    ...phases.map(({ key }) => (resource.spans[key] ? milliseconds(resource.spans[key][1] - resource.spans[key][0]) : '–')),
    kilobytes(resource.bytes),
  ])));
  const total = summary(list);
  foot.replaceChildren(line('Together', [...phases.map(({ key }) => milliseconds(total[key])), kilobytes(total.bytes)]));
}

function show() {
  const place = document.querySelector('#waterfall');
  const list = resources();
  const total = summary(list);
  // Shown first: a hidden place has no width.
  for (const part of document.querySelectorAll('[data-measured]')) part.hidden = false;
  place.replaceChildren(draw(list, Math.max(320, Math.floor(place.clientWidth))));
  fillTable(document.querySelector('#phases tbody'), document.querySelector('#phases tfoot'), list);
  document.querySelector('#said').textContent =
    `${list.length} resources came in ${milliseconds(total.end)} ms over ${total.connections === 1 ? '1 connection' : `${total.connections} connections`} that had to be opened for them; ${kilobytes(total.bytes).replace('cached', 'nothing')} crossed the network.`;
  document.querySelector('#no-script')?.remove();
}

// Two frames after load, so that the page's own last image is in the list.
function start() {
  requestAnimationFrame(() => requestAnimationFrame(show));
  let width = innerWidth;
  addEventListener('resize', () => {
    if (innerWidth !== width) {
      width = innerWidth;
      show();
    }
  });
}

if (document.readyState === 'complete') start();
else addEventListener('load', start);
