import { check, equal, event, row, wait } from './rows.js';

const group = 'Workers';
const first = async target => (await event(target, 'message')).data;

row(group, 'worker-dedicated', 'What is sent to a worker is a copy, with its structure', async () => {
  const worker = new Worker('workers/echo.js');
  const sent = { date: new Date(0), map: new Map([['a', [1, { b: 2 }]]]), set: new Set([1]), bytes: new Uint8Array([1, 2]) };
  sent.self = sent;
  worker.postMessage({ echo: sent });
  const { echo, thread } = await first(worker);
  worker.terminate();
  check(echo !== sent && echo.self === echo && echo.map.get('a')[1].b === 2 && echo.date.getTime() === 0 && echo.set.has(1) && echo.bytes[1] === 2, 'the copy is another');
  equal(thread, 'DedicatedWorkerGlobalScope', 'where it ran');
  return 'dates, maps, sets, bytes and a circle';
});

row(group, 'worker-transfer', 'Bytes can be handed over without a copy', async () => {
  const worker = new Worker('workers/echo.js');
  const bytes = new ArrayBuffer(8 << 20);
  worker.postMessage({ echo: bytes, transfer: true }, [bytes]);
  const { echo } = await first(worker);
  worker.terminate();
  equal(`${bytes.byteLength} ${echo.byteLength}`, `0 ${8 << 20}`, 'here and there');
  return '8 MiB there and back; here nothing was left meanwhile';
});

row(group, 'worker-import', 'importScripts loads others into the same scope', async () => {
  const worker = new Worker('workers/importing.js');
  const sum = await first(worker);
  worker.terminate();
  equal(sum, 42, 'what two scripts made');
  return 'two scripts, one scope';
});

row(group, 'worker-module', 'A module worker imports', async () => {
  const worker = new Worker('workers/module.js', { type: 'module' });
  const answer = await first(worker);
  worker.terminate();
  equal(answer, 'module 42', 'the answer');
  return answer;
});

row(group, 'worker-sub', 'A worker begins another one', async () => {
  const worker = new Worker('workers/parent.js');
  worker.postMessage(20);
  const answer = await first(worker);
  worker.terminate();
  equal(answer, 'child says 40', 'the answer');
  return answer;
});

row(group, 'worker-shared', 'One SharedWorker serves several ports', async () => {
  const name = `shared ${Math.random()}`;
  const [one, two] = [new SharedWorker('workers/shared.js', name), new SharedWorker('workers/shared.js', name)];
  const answers = [];
  for (const { port } of [one, two]) {
    port.start();
    answers.push(await first(port));
  }
  one.port.postMessage('to the other');
  const relayed = await first(two.port);
  one.port.close();
  two.port.close();
  equal(`${answers} ${relayed}`, '1,2 to the other', 'what the ports heard');
  return 'two ports, one scope; one spoke to the other';
});

row(group, 'worker-parallel', 'A worker that computes does not hold up the page', async () => {
  const worker = new Worker('workers/echo.js');
  worker.postMessage({ echo: 'loaded' });
  await first(worker);
  worker.postMessage({ spin: 300 });
  let ticks = 0;
  const answer = first(worker);
  for (let done = false; !done; ticks++) {
    answer.then(() => { done = true; });
    await wait(10);
  }
  const { computed } = await answer;
  worker.terminate();
  check(computed >= 300, `the worker computed for ${Math.round(computed)} ms`);
  check(ticks > 5, `the page came to run ${ticks} times only`);
  return `the page ran ${ticks} times meanwhile`;
});
