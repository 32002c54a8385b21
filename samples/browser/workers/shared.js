const ports = [];
onconnect = ({ ports: [port] }) => {
  ports.push(port);
  port.postMessage(ports.length);
  port.onmessage = ({ data }) => ports.filter(other => other !== port).forEach(other => other.postMessage(data));
};
