type Step = () => unknown

/** Ends what was begun, last first. A step that fails or hangs does not keep the others from their turn. */
export class Teardown {
  readonly #steps: Step[] = []
  #running: Promise<void> | undefined

  add(step: Step): void {
    this.#steps.push(step)
  }

  run(): Promise<void> {
    return (this.#running ??= this.#run())
  }

  async #run(): Promise<void> {
    for (const step of this.#steps.reverse()) {
      await Promise.race([
        Promise.resolve()
          .then(step)
          .catch(() => {}),
        timeout(8_000),
      ])
    }
  }
}

function timeout(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms).unref())
}
