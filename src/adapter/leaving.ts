import type { ServerResponse } from 'node:http'
import { ClientGone } from './client-gone.js'

/** Tells when the client of a response goes before it has all of it. Nothing is listened to before somebody asks. */
export class Leaving {
  readonly #res: ServerResponse
  #controller: AbortController | undefined

  constructor(res: ServerResponse) {
    this.#res = res
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#res.destroyed) this.#left()
      else this.#res.once('close', () => this.#left())
    }
    return this.#controller.signal
  }

  #left(): void {
    // an answer may be all sent while what it was made of is still being stored
    if (!this.#res.writableFinished) this.#controller?.abort(new ClientGone())
  }
}
