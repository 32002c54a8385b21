importScripts('six.js', 'seven.js'); postMessage(self.six * self.seven);
