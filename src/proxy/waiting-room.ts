import { HttpError } from '../errors.js'

/** Requests that have no connection yet: so many at most, and for so long. */
export class WaitingRoom {
  readonly #most: number
  readonly #timeout: number
  #count = 0

  constructor(most: number, timeout: number) {
    this.#most = most
    this.#timeout = timeout
  }

  get waiting(): number {
    return this.#count
  }

  /** Gives what is to be called when the wait is over, once or more. Throws `HttpError` (503): it is full. */
  enter(onLate: (error: HttpError) => void): () => void {
    if (this.#count >= this.#most) {
      throw new HttpError(503, 'too many requests wait for a connection to the origin')
    }
    this.#count++
    const timer = setTimeout(() => {
      onLate(new HttpError(504, 'no connection to the origin in time'))
    }, this.#timeout)
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      this.#count--
      clearTimeout(timer)
    }
  }
}
