import type { Engine } from './engine';
import type { FromWorker, Port, ToWorker } from './messages';

type Said =
  | { is: 'ask' }
  | { is: 'leader'; id: string }
  | { is: 'up'; from: string; lock: string; message: ToWorker }
  | { is: 'down'; by: string; to: string; message: FromWorker };

/**
 * Where there is no SharedWorker, one of the origin's tabs leads: the one that holds the lock. The others reach its engine over a BroadcastChannel. When it goes, the lock goes to the next, which says so; every page then says again what
 * it wants, from where it was.
 */
export function elect(name: string, port: Port, make: () => Engine): (message: ToWorker) => void {
  const id = crypto.randomUUID();
  const lock = `${name} ${id}`;
  const channel = new BroadcastChannel(name);
  const others = new Map<string, Port>();
  let engine: Engine | null = null;
  let leader = '';

  const say = (said: Said) => channel.postMessage(said);
  const follow = (from: string) => {
    const other: Port = { postMessage: message => say({ is: 'down', by: id, to: from, message }) };
    others.set(from, other);
    return other;
  };

  channel.onmessage = ({ data }: MessageEvent<Said>) => {
    if (data.is === 'ask' && engine) say({ is: 'leader', id });
    else if (data.is === 'leader' && data.id !== leader && !engine) {
      leader = data.id;
      port.postMessage({ t: 'ready' });
    } else if (data.is === 'up' && engine) engine.take(others.get(data.from) ?? follow(data.from), data.message.t === 'hello' ? { ...data.message, lock: data.lock } : data.message);
    // What a leader said before it went may come after its successor, from whom everything was asked again: it is no news then.
    else if (data.is === 'down' && data.to === id && data.by === leader) port.postMessage(data.message);
  };

  // Its own lock first: it tells the leader when this tab is gone.
  navigator.locks.request(lock, () => {
    say({ is: 'ask' });
    return new Promise(() => {});
  });
  navigator.locks.request(name, () => {
    engine = make();
    leader = id;
    say({ is: 'leader', id });
    port.postMessage({ t: 'ready' });
    return new Promise(() => {});
  });

  return message => {
    if (engine) engine.take(port, message);
    else if (leader) say({ is: 'up', from: id, lock, message });
  };
}
