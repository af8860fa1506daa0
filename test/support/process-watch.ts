import { expect } from 'vitest'

/** Listens to what would end a process. */
export class ProcessWatch {
  readonly seen: unknown[] = []
  readonly #hear = (error: unknown): void => void this.seen.push(error)

  begin(): void {
    process.on('unhandledRejection', this.#hear)
    process.on('uncaughtException', this.#hear)
  }

  /** Fails when there was any. A rejection is known as unhandled only after a turn of the event loop. */
  async end(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 20))
    process.removeListener('unhandledRejection', this.#hear)
    process.removeListener('uncaughtException', this.#hear)
    expect(this.seen.splice(0)).toEqual([])
  }
}
