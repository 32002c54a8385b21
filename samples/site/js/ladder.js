// Draws a cold visit as a ladder: the browser's line, the server's line, time running down between them.

const browser = 128;
const server = 430;
const resolver = 214;
const top = 56;
const bottom = 632;
const scale = 0.79; // pixels a millisecond
const lookup = 15; // the resolver is near, wherever the server is

/** The moments of a first visit over TLS 1.3, in milliseconds, by the length of one round trip. */
export function moments(roundTrip) {
  const connected = lookup + roundTrip;
  const secured = connected + roundTrip;
  return { lookup, connected, secured, firstByte: secured + roundTrip };
}

const y = time => (top + time * scale).toFixed(1);
const say = (kind, from, to, start, end) => `<path class="say ${kind}" d="M${from} ${y(start)}L${to} ${y(end)}"/>`;
const tick = time => `<path class="tick" d="M${browser} ${y(time)}H${server}"/><text x="${browser - 16}" y="${(+y(time) + 4).toFixed(1)}" text-anchor="end">${Math.round(time)} ms</text>`;
const span = (kind, start, end) => `<path class="span ${kind}" d="M${browser} ${y(start)}V${y(end)}"/>`;
const label = (kind, time, text) => `<text class="label ${kind}" x="${server + 14}" y="${(+y(time) + 4).toFixed(1)}">${text}</text>`;

/** The inside of the drawing, as SVG. */
export function ladder(roundTrip) {
  const half = roundTrip / 2;
  const at = moments(roundTrip);
  const trip = (kind, start, text) =>
    say(kind, browser + 5, server - 3, start, start + half) + say(kind, server - 3, browser + 6, start + half, start + roundTrip) + label(kind, start + half, text);
  const flight = (count, end) => Array.from({ length: count }, (_, index) => {
    const arrival = end + 7 * (index + 1);
    return say('content thin', server - 3, browser + 6, arrival - half, arrival);
  }).join('');
  const secondFlight = at.firstByte + roundTrip;
  const last = secondFlight + 7 * 8;
  return [
    `<text class="who" x="${browser}" y="30" text-anchor="middle">browser</text>`,
    `<text class="who" x="${server}" y="30" text-anchor="middle">server</text>`,
    tick(0), tick(at.connected), tick(at.secured), tick(at.firstByte), tick(last),
    `<path class="life" d="M${browser} 42V${y(last)}M${server} 42V${y(last)}"/>`,
    `<path class="life idle" d="M${browser} ${y(last)}V${bottom}M${server} ${y(last)}V${bottom}"/>`,
    span('dns', 0, at.lookup), span('tcp', at.lookup, at.connected), span('tls', at.connected, at.secured), span('first', at.secured, at.firstByte),
    say('dns', browser + 5, resolver, 0, lookup / 2), say('dns', resolver, browser + 6, lookup / 2, lookup),
    `<text class="label dns" x="${resolver + 10}" y="${(+y(lookup / 2) + 4).toFixed(1)}">name</text>`,
    trip('tcp', at.lookup, 'connect'), trip('tls', at.connected, 'secure'), trip('first', at.secured, 'ask'),
    flight(4, at.firstByte), span('content', at.firstByte, last),
    say('content thin', browser + 5, server - 3, at.firstByte + 7, at.firstByte + 7 + half), flight(8, secondFlight),
    label('content', at.firstByte + 7 + half, 'twice'), label('content', at.firstByte + 24 + half, 'as much'),
  ].join('');
}

const dial = document.querySelector('#round-trip');
if (dial) {
  const drawing = document.querySelector('#ladder-lines');
  const shown = document.querySelector('#round-trip-shown');
  const total = document.querySelector('#first-byte');
  const draw = () => {
    const roundTrip = Number(dial.value);
    drawing.innerHTML = ladder(roundTrip);
    shown.textContent = `${roundTrip} ms`;
    total.textContent = `${Math.round(moments(roundTrip).firstByte)} ms`;
  };
  dial.addEventListener('input', draw);
  document.querySelector('.dial').hidden = false;
  draw();
}
