// From the Resource Timing API's entries to phases. Nothing here touches the page.

export const phases = [
  { key: 'dns', name: 'DNS', says: 'looking up the name' },
  { key: 'tcp', name: 'TCP', says: 'opening a connection' },
  { key: 'tls', name: 'TLS', says: 'agreeing on keys' },
  { key: 'first', name: 'First byte', says: 'asking, and waiting for the answer to begin' },
  { key: 'content', name: 'Content', says: 'receiving the rest' },
];

/** The spans of one entry as [start, end] in milliseconds; a phase that did not happen is missing. */
export function spansOf(entry) {
  const spans = {};
  const add = (key, start, end) => {
    if (start > 0 && end > start) spans[key] = [start, end];
  };
  // A reused connection reports its own phases as empty at fetchStart.
  add('dns', entry.domainLookupStart, entry.domainLookupEnd);
  add('tcp', entry.connectStart, entry.secureConnectionStart > 0 ? entry.secureConnectionStart : entry.connectEnd);
  add('tls', entry.secureConnectionStart, entry.connectEnd);
  add('first', entry.requestStart, entry.responseStart);
  add('content', entry.responseStart, entry.responseEnd);
  return spans;
}

/** Every resource of the page until now, the page itself first. */
export function resources() {
  const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  return entries.filter(entry => entry.responseEnd > 0).map(entry => ({
    name: nameOf(entry.name),
    start: entry.startTime,
    end: entry.responseEnd,
    bytes: entry.transferSize,
    size: entry.encodedBodySize,
    spans: spansOf(entry),
  }));
}

function nameOf(address) {
  const path = new URL(address).pathname;
  return decodeURIComponent(path.slice(path.lastIndexOf('/') + 1)) || 'index.html';
}

/** Sums over all resources: milliseconds of each phase, bytes, connections opened, and when the last one ended. */
export function summary(list) {
  const total = { bytes: 0, connections: 0, end: 0, count: list.length };
  for (const { key } of phases) total[key] = 0;
  for (const resource of list) {
    total.bytes += resource.bytes;
    total.end = Math.max(total.end, resource.end);
    if (resource.spans.tcp) total.connections++;
    for (const { key } of phases) {
      const span = resource.spans[key];
      if (span) total[key] += span[1] - span[0];
    }
  }
  return total;
}

export const milliseconds = value => (value < 10 ? value.toFixed(1) : Math.round(value).toString());
export const kilobytes = bytes => (bytes === 0 ? 'cached' : `${(bytes / 1000).toFixed(bytes < 10000 ? 1 : 0)} KB`);
