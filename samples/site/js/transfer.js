// Fetches the 1 MiB file and tells, while it comes in, how long the first byte took and how fast the rest was.
import { milliseconds } from './timing.js';

const button = document.querySelector('#measure');
const bar = document.querySelector('#arrived');
const said = document.querySelector('#result');
const rows = document.querySelector('#runs tbody');
let runs = 0;

async function measure() {
  const began = performance.now();
  const response = await fetch('data/mebibyte.bin', { cache: 'no-store' });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  const headed = performance.now();
  const length = Number(response.headers.get('content-length')) || 1024 * 1024;
  bar.max = length;
  let received = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    received += value.length;
    bar.value = received;
  }
  return { received, first: headed - began, rest: performance.now() - headed };
}

function record({ received, first, rest }) {
  const megabits = (received * 8) / 1000 / Math.max(rest, 0.1);
  const line = document.createElement('tr');
  for (const text of [`${++runs}`, `${milliseconds(first)} ms`, `${milliseconds(rest)} ms`, `${megabits.toFixed(megabits < 10 ? 1 : 0)} Mbit/s`]) {
    const cell = document.createElement('td');
    cell.className = 'n';
    cell.textContent = text;
    line.append(cell);
  }
  rows.append(line);
  document.querySelector('#runs').hidden = false;
  said.textContent = `${received.toLocaleString('en')} bytes arrived: ${milliseconds(first)} ms until the answer began, ${milliseconds(rest)} ms for the rest.`;
}

button.addEventListener('click', async () => {
  button.disabled = true;
  bar.value = 0;
  bar.hidden = false;
  said.textContent = 'Fetching…';
  try {
    record(await measure());
  } catch (error) {
    said.textContent = `The file did not arrive: ${error.message}. Try again, or download it by the link.`;
  } finally {
    button.disabled = false;
  }
});
button.hidden = false;
