// text/event-stream, as the HTML standard's "Interpreting an event stream" reads it, fed in pieces.

export interface StreamEvent { id: string; type: string; data: string }

export class EventStream {
  /** The last event ID: also an event without data, which is none, sets it. */
  lastId = '';
  private rest = '';
  private data: string[] = [];
  private type = '';
  private id = '';
  private begun = false;

  /** Takes a piece of the stream, already decoded, and gives the events that it completes. */
  feed(text: string): StreamEvent[] {
    // A byte order mark that leads is none of it; a decoder may have taken it away already.
    if (!this.begun && text) {
      this.begun = true;
      if (text[0] === '\ufeff') text = text.slice(1);
    }
    const events: StreamEvent[] = [];
    this.rest += text;
    // A CR at the end may be the half of a CRLF: it waits for the next piece.
    for (let end; (end = /\r\n|\n|\r(?!$)/.exec(this.rest)); ) {
      const line = this.rest.slice(0, end.index);
      this.rest = this.rest.slice(end.index + end[0].length);
      if (line === '') this.dispatch(events);
      else this.field(line);
    }
    return events;
  }

  private field(line: string): void {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'data') this.data.push(value);
    else if (name === 'event') this.type = value;
    else if (name === 'id' && !value.includes('\0')) this.id = value;
  }

  private dispatch(events: StreamEvent[]): void {
    this.lastId = this.id;
    if (this.data.length > 0) events.push({ id: this.id, type: this.type, data: this.data.join('\n') });
    this.data = [];
    this.type = '';
  }
}
