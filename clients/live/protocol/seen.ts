/** The last ids that were given, so that none is given twice. A carrier resumes by id; this is for what may come again all the same: a place that the hub no longer knows, two places made one. */
export class Seen {
  private readonly ids = new Set<string>();
  private readonly limit: number;

  constructor(limit = 4096) {
    this.limit = limit;
  }

  /** Whether it is new; then it no longer is. */
  add(id: string): boolean {
    if (this.ids.has(id)) return false;
    this.ids.add(id);
    if (this.ids.size > this.limit) this.ids.delete(this.ids.values().next().value!);
    return true;
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }
}
