const child = new Worker('child.js');
onmessage = ({ data }) => child.postMessage(data);
child.onmessage = ({ data }) => postMessage(`child says ${data}`);
