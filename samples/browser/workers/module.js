import { answer } from './answer.js';

postMessage(`module ${answer}`);
