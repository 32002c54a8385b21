onmessage = ({ data: { echo, transfer, spin = 0 } }) => {
  for (const end = performance.now() + spin; performance.now() < end;);
  postMessage({ echo, thread: self.constructor.name }, transfer ? [echo] : []);
};
