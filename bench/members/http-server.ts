import { httpPeers } from '../http/peers/all.js'
import { treeOf } from '../http/processes.js'
import { Site } from '../http/site.js'
import type { OpenMember } from '../team.js'

/** `block`: from now on the thread of JavaScript works without a break for 300 ms of each second. */
export type ServerQuestion = 'use' | 'block'

export interface ServerUse {
  readonly port: number
  /** This process, in which JavaScript runs. */
  readonly ownPid: number
  /** The processes that answer. */
  readonly pids: readonly number[]
  /** Posts that were made. */
  readonly made: number
}

/** A process with one server, or that starts one and is what stands behind it. */
export const open: OpenMember<{ readonly peer: string }, ServerQuestion, ServerUse> = async (
  setup,
) => {
  const found = httpPeers.find(({ name }) => name === setup.peer)
  if (found === undefined) throw new Error(`no peer ${setup.peer}`)
  const site = new Site()
  const { port, pid, beside = [] } = await found.open(site)
  return async (question) => {
    if (question === 'block') setInterval(() => work(300), 1_000)
    const pids = [...(pid === undefined ? [process.pid] : treeOf(pid)), ...beside]
    return { port, ownPid: process.pid, pids, made: site.made }
  }
}

function work(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}
