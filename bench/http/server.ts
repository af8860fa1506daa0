import type { ServerQuestion, ServerUse } from '../members/http-server.js'
import { startTeam, type Team } from '../team.js'
import { askEach, type Answer } from './ask.js'
import { pin } from './cores.js'
import { Load, type LoadTarget } from './load.js'
import type { HttpPeer } from './peer.js'

/** What is asked of servers, and how their answers are judged. */
export interface Trial {
  readonly paths: readonly string[]
  /** Throws when an answer is not what is asked for. */
  readonly check: (answer: Answer, path: string) => void
}

/** As in taskset. */
export interface Cores {
  readonly startOn?: string
  /** Where it is put once it listens. */
  readonly runOn?: string
}

/** A server of a peer in a process of its own. */
export class Server {
  readonly #team: Team<ServerQuestion, ServerUse>

  private constructor(team: Team<ServerQuestion, ServerUse>) {
    this.#team = team
  }

  /** On core 0, so that it has one thread for connections; `startOn` and `runOn` say otherwise. */
  static async start({ name }: HttpPeer, { startOn = '0', runOn }: Cores = {}): Promise<Server> {
    const server = new Server(await startTeam('http-server', [{ peer: name }], startOn))
    const { ownPid, pids } = await server.use()
    if (runOn !== undefined) for (const pid of new Set([ownPid, ...pids])) pin(pid, runOn)
    return server
  }

  async use(): Promise<ServerUse> {
    return await this.#ask('use')
  }

  async block(): Promise<void> {
    await this.#ask('block')
  }

  /** The load for it. Every answer is looked at before, the first, which may fill a cache, and the second. */
  async load({ paths, check }: Trial): Promise<Load> {
    const { port, ownPid, pids } = await this.use()
    // as if it were the first of the load
    const asked = paths.map((path) => path.replaceAll('#', '0'))
    for (const answers of [await askEach(port, asked), await askEach(port, asked)]) {
      for (const [index, answer] of answers.entries()) {
        if (answer.status !== 200) throw new Error(`${paths[index]}: ${answer.status}`)
        check(answer, paths[index] as string)
      }
    }
    const target: LoadTarget = { port, pids, jsPid: pids.includes(ownPid) ? ownPid : 0 }
    return await Load.open(target, paths)
  }

  stop(): void {
    this.#team.stop()
  }

  async #ask(question: ServerQuestion): Promise<ServerUse> {
    const [use] = await this.#team.ask(question)
    return use as ServerUse
  }
}
