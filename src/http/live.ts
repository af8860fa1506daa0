import type { HttpResponse } from './message.js'

/** What the request that started a load is answered with, while the load goes on to store it. */
export class Live {
  readonly offered: Promise<HttpResponse>
  #offer!: (response: HttpResponse) => void
  #fail!: (error: unknown) => void
  #isTaken = false

  constructor() {
    this.offered = new Promise((resolve, reject) => {
      this.#offer = resolve
      this.#fail = reject
    })
  }

  /** A load may run behind everybody's back, or a second time: then nobody takes what it offers. */
  get isWanted(): boolean {
    return !this.#isTaken
  }

  offer(response: HttpResponse): void {
    this.#isTaken = true
    this.#offer(response)
  }

  /** The request is answered with an error that is its own. */
  fail(error: unknown): void {
    this.#isTaken = true
    this.#fail(error)
  }

  close(): void {
    this.#isTaken = true
  }
}
