import { CommandMethods } from './command-methods.js'
import { type Argument, SentCommand } from './sent-command.js'

type Outcome = [error: Error | null, reply: unknown]

/** Commands collected and then sent one behind the other; others' may run in between, as with a real pipeline. */
export class SimulatedPipeline extends CommandMethods<SimulatedPipeline> {
  readonly #commands: SentCommand[] = []
  readonly #send: (command: SentCommand) => void

  constructor(send: (command: SentCommand) => void) {
    super()
    this.#send = send
  }

  protected command(name: string, args: readonly Argument[], asBuffers: boolean): this {
    this.#commands.push(new SentCommand(name, args, asBuffers))
    return this
  }

  async exec(): Promise<Outcome[]> {
    for (const command of this.#commands) this.#send(command)
    return await Promise.all(
      this.#commands.map(({ promise }) =>
        promise.then(
          (reply): Outcome => [null, reply],
          (error: Error): Outcome => [error, undefined],
        ),
      ),
    )
  }
}
