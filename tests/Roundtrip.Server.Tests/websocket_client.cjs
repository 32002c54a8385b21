// A WebSocket client by npm's ws (Debian's node-ws): what it sends must come back, without compression and with each way of it. Prints "ok" and what was agreed on.
// usage: websocket_client.cjs URL [CERTIFICATE]
'use strict';
const fs = require('fs');
const WebSocket = require('/usr/share/nodejs/ws');
const [, , url, certificate] = process.argv;
const ca = certificate ? fs.readFileSync(certificate) : undefined;
const messages = ['', 'a', 'é😀'.repeat(100), 'x'.repeat(100000), Buffer.alloc(0), Buffer.alloc(300000, 7), Buffer.from([...Array(256).keys()]), 'tail'];

function run(perMessageDeflate) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, ['other', 'echo.v1'], { perMessageDeflate, ca, handshakeTimeout: 20000 });
    let next = 0;
    const send = () => {
      const message = messages[next % messages.length];
      // Every third in fragments.
      if (next % 3 === 2 && message.length > 1) {
        socket.send(message.slice(0, 1), { fin: false });
        socket.send(message.slice(1), { fin: true });
      } else socket.send(message);
    };
    socket.on('open', () => { socket.ping('p'); send(); });
    socket.on('error', reject);
    socket.on('message', (data, isBinary) => {
      const sent = messages[next % messages.length];
      if (isBinary !== Buffer.isBuffer(sent) || !Buffer.from(sent).equals(data)) reject(new Error(`message ${next} came back as another`));
      if (++next === messages.length * 2) socket.send('close, please'); else send();
    });
    let agreed = '';
    socket.on('upgrade', response => { agreed = response.headers['sec-websocket-extensions'] || 'nothing'; });
    let pong = '';
    socket.on('pong', data => { pong = data.toString(); });
    socket.on('close', (code, reason) => resolve(`${code} ${reason} ${pong} ${socket.protocol}, ${agreed}`));
  });
}

(async () => {
  const ways = [false, true, { clientNoContextTakeover: true, serverNoContextTakeover: true }, { serverMaxWindowBits: 10, clientMaxWindowBits: 9 }];
  for (const way of ways) console.log('ok', await run(way));
})().catch(error => { console.log(error); process.exit(1); });
