onmessage = ({ data: { echo, transfer, spin = 0 } }) => {
  const began = performance.now();
  for (const end = began + spin; performance.now() < end;);
  postMessage({ echo, thread: self.constructor.name, computed: performance.now() - began }, transfer ? [echo] : []);
};
