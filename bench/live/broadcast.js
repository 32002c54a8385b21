// The server that node's ws is meant for: what is posted goes to every WebSocket. One process, no compression.
//   broadcast.js HTTP-PORT HTTPS-PORT CERTIFICATE KEY
"use strict";
const fs = require("node:fs");
const http = require("node:http");
const https = require("node:https");
const { WebSocket, WebSocketServer } = require("ws");

const [httpPort, httpsPort, certificate, key] = process.argv.slice(2);
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });

function publish(request, response) {
    if (request.method !== "POST") {
        response.end("ok\n");
        return;
    }

    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
        const content = Buffer.concat(parts);
        for (const socket of sockets.clients) {
            if (socket.readyState === WebSocket.OPEN) {
                socket.send(content, { binary: false });
            }
        }

        response.end("ok\n");
    });
}

function serve(server, port) {
    server.keepAliveTimeout = 300_000;
    server.on("upgrade", (request, socket, head) => sockets.handleUpgrade(request, socket, head, () => {}));
    server.listen({ host: "127.0.0.1", port: Number(port), backlog: 4096 });
}

serve(http.createServer(publish), httpPort);
serve(https.createServer({
    cert: fs.readFileSync(certificate), key: fs.readFileSync(key), minVersion: "TLSv1.3", ciphers: "TLS_AES_256_GCM_SHA384", ecdhCurve: "X25519",
}, publish), httpsPort);
