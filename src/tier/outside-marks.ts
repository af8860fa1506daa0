import type { MarkListener } from '../entry/marks.js'
import type { HasOutside } from './outside.js'

/** Tells the store outside, if there is one, of the marks of one namespace. Keys are told by the memory tier. */
export class OutsideMarks implements MarkListener {
  readonly #memory: HasOutside
  readonly #child: string | undefined

  constructor(memory: HasOutside, child: string | undefined) {
    this.#memory = memory
    this.#child = child
  }

  tags(tags: readonly string[]): void {
    this.#memory.outside?.marked(this.#child, tags)
  }

  all(): void {
    this.#memory.outside?.cleared(this.#child)
  }

  distrust(): void {
    this.#memory.outside?.distrusted()
  }
}
