import { httpPeers } from '../http/peers/all.js'
import { Site } from '../http/site.js'
import type { OpenMember } from '../team.js'

export interface ServerUse {
  readonly port: number
  /** Microseconds of processor time that the process has used, user and system. */
  readonly cpu: number
  /** Posts it has made. */
  readonly made: number
}

/** A process with one server; tells what it has used. */
export const open: OpenMember<{ readonly peer: string }, 'use', ServerUse> = async ({ peer }) => {
  const found = httpPeers.find(({ name }) => name === peer)
  if (found === undefined) throw new Error(`no peer ${peer}`)
  const site = new Site()
  const port = await found.open(site)
  return async () => {
    const { user, system } = process.cpuUsage()
    return { port, cpu: user + system, made: site.made }
  }
}
