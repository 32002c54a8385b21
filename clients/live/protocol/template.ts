// A URI template (RFC 6570), asked whether a text is one that it may expand to. The hub does the same (src/Roundtrip.Live/Topics/UriTemplate.cs), and the same table of cases holds both.

interface State {
  /** The characters that may stand there, where it is not a run. */
  chars: string;
  /** A run of the characters that a value may have, and these. */
  run?: string;
  reserved?: boolean;
  /** The state behind the part that begins here, where it may be left out. */
  skip?: number;
}

const operators = '+#./;?&';

/** Whether a selector wants a topic: `*` every one, a template those that it can expand to, any other text itself. What has braces and is no template is a text. */
export function matcher(selector: string): (topic: string) => boolean {
  if (selector === '*') return () => true;
  const states = selector.includes('{') ? parse(selector) : null;
  return states ? topic => topic === selector || run(states, topic) : topic => topic === selector;
}

/** Whether a selector names one topic and no more. */
export const isExact = (selector: string): boolean => selector !== '*' && !(selector.includes('{') && parse(selector));

function parse(text: string): State[] | null {
  const states: State[] = [];
  for (let at = 0; at < text.length; ) {
    const c = text[at]!;
    if (c !== '{') {
      if (c === '}') return null;
      states.push({ chars: c });
      at++;
      continue;
    }
    const end = text.indexOf('}', at);
    if (end < 0 || !expression(states, text.slice(at + 1, end))) return null;
    at = end + 1;
  }
  return states;
}

function expression(states: State[], text: string): boolean {
  const operation = text && operators.includes(text[0]!) ? text[0]! : '';
  // RFC 6570 appendix A: what an operator writes first, and between its variables. A run takes commas itself, so where they are what parts variables one run is enough for all.
  const first = operation === '+' ? '' : operation;
  const between = './;'.includes(operation) && operation ? operation : operation === '?' || operation === '&' ? '&' : ',';
  return text.slice(operation.length).split(',').every((specification, index) => {
    // RFC 6570 §2.4: a variable may have a length that is not exceeded, or come in parts.
    const [, name, explodes] = /^([\w.%]+)(?::\d*)?(\*?)$/.exec(specification) ?? [];
    if (!name) return false;
    if (index === 0 || between !== ',') variable(states, name, !!explodes, operation, index === 0 ? first : between);
    return true;
  });
}

// Each variable may be undefined, and then leaves nothing (RFC 6570 §3.2.1): what another operator writes first may so come later.
function variable(states: State[], name: string, explodes: boolean, operation: string, lead: string): void {
  const named = operation !== '' && ';?&'.includes(operation);
  const start = states.length;
  if (lead) states.push({ chars: lead + operation });
  if (named && !explodes) {
    for (const c of name) states.push({ chars: c });
    // RFC 6570 §3.2.7: a parameter of ; without a value has no =.
    states.push({ chars: '=', ...(operation === ';' ? { skip: states.length + 2 } : {}) });
  }
  states.push({ chars: '', run: !explodes ? ',' : named ? '=,&;' : `=,${operation}`, reserved: operation === '+' || operation === '#' });
  states[start]!.skip = states.length;
}

// All states are followed at once, so that no template and no topic takes longer than their lengths' product: others choose both.
function run(states: State[], text: string): boolean {
  let now = new Uint8Array(states.length + 1);
  let next = new Uint8Array(states.length + 1);
  enter(states, now, 0);
  for (let i = 0; i < text.length; i++) {
    let lives = false;
    for (let s = 0; s < states.length; s++) {
      if (now[s] && takes(states[s]!, text[i]!)) {
        enter(states, next, states[s]!.run === undefined ? s + 1 : s);
        lives = true;
      }
    }
    if (!lives) return false;
    [now, next] = [next, now];
    next.fill(0);
  }
  return now[states.length] === 1;
}

// A run may be left at any moment, and an optional part skipped.
function enter(states: State[], set: Uint8Array, at: number): void {
  for (const todo = [at]; todo.length > 0; ) {
    const s = todo.pop()!;
    if (set[s]) continue;
    set[s] = 1;
    const state = states[s];
    if (state?.skip) todo.push(state.skip);
    if (state?.run !== undefined) todo.push(s + 1);
  }
}

// RFC 6570 §1.5: unreserved and pct-encoded, and after + and # also reserved. Beyond ASCII topics may be IRIs.
const takes = (state: State, c: string): boolean => state.run === undefined
  ? state.chars.includes(c)
  : /[\w.~%-]/.test(c) || c >= '\x80' || state.run.includes(c) || (!!state.reserved && ":/?#[]@!$&'()*+,;=".includes(c));
