import { connect } from '/.well-known/mercure/client.js';

const $ = id => document.getElementById(id);
const only = new URLSearchParams(location.search).get('carriers');
const token = async () => {
  const answer = await fetch('/cgi/token.py');
  if (!answer.ok) throw new Error(`no token: ${answer.status}`);
  return answer.text();
};
// Each choice of carriers has a connection of its own.
const live = connect('/.well-known/mercure', { token, ...(only ? { carriers: only.split(','), session: only } : {}) });

live.addEventListener('state', ({ detail }) => {
  $('phase').textContent = $('phase').dataset.phase = detail.phase;
  $('carrier').textContent = detail.carrier ? `by ${detail.carrier}` : '';
  document.documentElement.dataset.carrier = detail.carrier ?? '';
});

// The counter is no number at the server: it is how many times somebody wished for one more. Whoever comes later counts the history, and where that is not whole any more, it is at least so many.
let count = 0;
let least = '';
const show = () => { $('count').value = `${count}${least}`; };
live.subscribe('/counter', () => { count++; show(); }, { since: 'earliest', onGap: () => { least = '+'; show(); } });
show();
$('more').onclick = () => publish('/counter', '+1');

live.subscribe('/chat/lobby', ({ data }) => line(data.name, data.text), { json: true, since: 'earliest', onGap: gap => line('', `${gap.count ?? 'Some'} messages are missing (${gap.reason}).`) });
$('form').onsubmit = async event => {
  event.preventDefault();
  const { name, text } = event.target.elements;
  if (await publish('/chat/lobby', JSON.stringify({ name: name.value, text: text.value }))) text.value = '';
};

async function publish(topic, data) {
  try {
    $('fault').textContent = '';
    return await live.publish(topic, data);
  } catch (error) {
    $('fault').textContent = error.message;
  }
}

function line(name, text) {
  const item = document.createElement('li');
  if (name) {
    const who = document.createElement('b');
    who.textContent = name;
    item.append(who);
  } else {
    item.className = 'gap';
  }
  item.append(text);
  $('messages').append(item);
  $('messages').scrollTop = $('messages').scrollHeight;
}
