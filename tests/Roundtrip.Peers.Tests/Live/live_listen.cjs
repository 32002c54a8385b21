// Listens by npm's eventsource: node live_listen.cjs URL COUNT. Prints ready, then the data of each message.
const EventSource = require('/usr/share/nodejs/eventsource');
const source = new EventSource(process.argv[2]);
let left = Number(process.argv[3]);
source.onopen = () => console.log('ready');
source.onmessage = event => {
  console.log(event.data);
  if (--left === 0) {
    source.close();
  }
};
