/** A thing in a heap; the heap keeps its place up to date. */
export type Entry = { readonly dueMs: number; place: number }

/** A binary heap: the entry that is due first stands at `entries[0]`. Any entry can be taken out. */
export class Heap<E extends Entry> {
  readonly #entries: E[] = []

  get first(): E | undefined {
    return this.#entries[0]
  }

  add(entry: E): void {
    this.#put(entry, this.#entries.length)
    this.#rise(entry)
  }

  /** The entry must be in the heap. */
  remove(entry: E): void {
    const last = this.#entries.pop()
    if (last === undefined || last === entry) return
    this.#put(last, entry.place)
    this.#rise(last)
    this.#sink(last)
  }

  #rise(entry: E): void {
    for (;;) {
      const parent = this.#entries[(entry.place - 1) >> 1]
      if (parent === undefined || parent.dueMs <= entry.dueMs) return
      this.#swap(entry, parent)
    }
  }

  #sink(entry: E): void {
    for (;;) {
      const child = this.#earlier(this.#entries[2 * entry.place + 1], this.#entries[2 * entry.place + 2])
      if (child === undefined || child.dueMs >= entry.dueMs) return
      this.#swap(entry, child)
    }
  }

  #earlier(left: E | undefined, right: E | undefined): E | undefined {
    if (left === undefined || right === undefined) return left
    return right.dueMs < left.dueMs ? right : left
  }

  #swap(a: E, b: E): void {
    const place = a.place
    this.#put(a, b.place)
    this.#put(b, place)
  }

  #put(entry: E, place: number): void {
    this.#entries[place] = entry
    entry.place = place
  }
}
