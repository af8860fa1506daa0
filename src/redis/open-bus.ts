import { connectToNode, duplicateForBus } from './connect.js'
import { MarkerBus } from './marker-bus.js'
import type { NamespaceLife } from './namespace-life.js'
import { PublishBus } from './publish-bus.js'
import type { RedisCore } from './redis-core.js'

/** Hears what other processes invalidate. */
export interface HearingBus {
  /** Resolves when memory is first trusted, or it is known that it will not be soon. Never rejects. */
  readonly started: Promise<void>
  close(): void
}

/** Begins to listen: by messages on one Redis, by markers in a Cluster. */
export function openBus(core: RedisCore, lives: () => readonly NamespaceLife[]): HearingBus {
  const { client, isCluster, root, settings } = core
  const { connectTimeout } = settings
  if (!isCluster) {
    const subscriber = duplicateForBus(client, connectTimeout, root)
    return new PublishBus({ ...core, lives, subscriber })
  }
  return new MarkerBus({
    ...core,
    lives,
    connectTo: (address, like) => connectToNode(client, like, address, { connectTimeout, root }),
  })
}
