import type { HttpResponse } from './message.js'

/** What the request that started a load is answered with, while the load goes on to store it. */
export class Live {
  readonly offered: Promise<HttpResponse>
  #offer!: (response: HttpResponse) => void
  #isTaken = false

  constructor() {
    this.offered = new Promise((resolve) => {
      this.#offer = resolve
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

  close(): void {
    this.#isTaken = true
  }
}
