import { AsyncLocalStorage } from 'node:async_hooks'
import type { Engine } from '../cache/engine.js'
import type { Recorder } from './dependencies.js'
import type { HttpResponse } from './message.js'

const recorders = new WeakMap<Engine, AsyncRecorder>()

/**
 * Notes every read of the cache below a handler, wherever it is made. Switched on by the first route that asks for it: from
 * then on each await of the process costs more.
 */
export class AsyncRecorder {
  readonly #storage = new AsyncLocalStorage<Recorder>()

  /** The one of that cache. */
  static of(engine: Engine): AsyncRecorder {
    let recorder = recorders.get(engine)
    if (recorder === undefined) recorders.set(engine, (recorder = new AsyncRecorder(engine)))
    return recorder
  }

  private constructor(engine: Engine) {
    engine.onRead = (space, key) => {
      const recorder = this.#storage.getStore()
      recorder?.begin(space, key)
      recorder?.end(space, key)
    }
  }

  /** Runs what makes a response; its body may go on to be made while it is read. */
  async run(recorder: Recorder, work: () => Promise<HttpResponse>): Promise<HttpResponse> {
    const response = await this.#storage.run(recorder, work)
    const { status, fields, body } = response
    if (body === undefined || body instanceof Uint8Array) return response
    return { status, fields, body: this.#reading(recorder, body) }
  }

  async *#reading(recorder: Recorder, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const source = body[Symbol.asyncIterator]()
    try {
      for (;;) {
        const next = await this.#storage.run(recorder, () => source.next())
        if (next.done === true) return
        yield next.value
      }
    } finally {
      await this.#storage.run(recorder, () => source.return?.())
    }
  }
}
