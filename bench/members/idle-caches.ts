import { openStrata } from '../open-strata.js'
import type { OpenMember } from '../team.js'

export interface IdleSetup {
  readonly port: number
  readonly caches: number
}

/** A process with some caches that nobody uses; tells the processor time it has used, in microseconds. */
export const open: OpenMember<IdleSetup, 'cpu', number> = async ({ port, caches }) => {
  for (let count = 0; count < caches; count++) {
    // starting many processes is not to look like an outage
    const redis = { url: `redis://127.0.0.1:${port}`, timeout: 5_000 }
    const cache = await openStrata({ redis })
    const { coherent, reason } = cache.stats().bus
    if (!coherent) throw new Error(`the bus does not stand: ${reason}`)
  }
  return async () => {
    const { user, system } = process.cpuUsage()
    return user + system
  }
}
