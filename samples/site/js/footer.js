// Every page ends with what it cost itself.
import { kilobytes, milliseconds, resources, summary } from './timing.js';

function say() {
  const total = summary(resources());
  const bytes = total.bytes === 0 ? 'all from the cache' : kilobytes(total.bytes);
  document.querySelector('#cost').textContent = `This page: ${total.count} requests, ${bytes}, ${milliseconds(total.end)} ms.`;
}

if (document.readyState === 'complete') setTimeout(say);
else addEventListener('load', () => setTimeout(say));
