import type { Network } from '../net/network.js'
import { slotOf } from '../../../src/redis/cluster-slot.js'
import { closed } from './client-error.js'
import { CommandMethods } from './command-methods.js'
import type { Argument } from './sent-command.js'
import type { ClientParts } from './simulated-client.js'
import { SimulatedClient } from './simulated-client.js'
import { masterOfSlot } from '../net/cluster-layout.js'

type Status = 'wait' | 'connecting' | 'ready' | 'close' | 'end'

/**
 * What Strata uses of an ioredis `Cluster` whose slots stay where they are: each command goes to the master of its first
 * key. Ready when every master was reached once, until none is.
 */
export class SimulatedCluster extends CommandMethods<Promise<unknown>> {
  readonly options = {}
  readonly isCluster = true
  status: Status = 'wait'
  readonly #nodes: readonly SimulatedClient[]

  constructor(parts: Omit<ClientParts, 'network'>, networks: readonly Network[]) {
    super()
    this.setMaxListeners(0)
    this.#nodes = networks.map((network) => {
      const rules = { host: network.host, lazyConnect: true, enableOfflineQueue: false } as const
      const ours = { maxRetriesPerRequest: 0, autoResendUnfulfilledCommands: false } as const
      const node = new SimulatedClient({ ...parts, network, networks }, { ...rules, ...ours })
      node.on('ready', () => this.#look())
      node.on('close', () => this.#look())
      node.on('error', (error: Error) => {
        if (this.listenerCount('node error') > 0) this.emit('node error', error)
      })
      return node
    })
  }

  nodes(): SimulatedClient[] {
    return this.#nodes.filter(({ status }) => status === 'ready')
  }

  async connect(): Promise<void> {
    this.#set('connecting')
    await Promise.all(this.#nodes.map((node) => node.connect()))
  }

  disconnect(): void {
    for (const node of this.#nodes) node.disconnect()
    this.#set('end')
  }

  /** Nodes are duplicated, not the Cluster; and pipelines would need one slot. */
  duplicate(): never {
    throw new Error('a Cluster is not duplicated')
  }

  pipeline(): never {
    throw new Error('a Cluster has no pipeline for keys of several slots')
  }

  quit(): Promise<unknown> {
    this.disconnect()
    return Promise.resolve('OK')
  }

  protected command(name: string, args: readonly Argument[], asBuffers: boolean): Promise<unknown> {
    if (this.status !== 'ready') return Promise.reject(closed())
    const isScript = name === 'eval' || name === 'evalsha'
    const key = String(args[isScript ? 2 : 0])
    const node = this.#nodes[masterOfSlot(slotOf(hashTagOf(key)), this.#nodes.length)]
    return (asBuffers ? node?.callBuffer(name, ...args) : node?.call(name, ...args)) ?? fails()
  }

  #look(): void {
    const ready = this.nodes().length
    const isReached = this.status === 'connecting' ? ready === this.#nodes.length : ready > 0
    if (this.status === 'ready' && ready === 0) this.#set('close')
    else if (this.status !== 'ready' && this.status !== 'end' && isReached) this.#set('ready')
  }

  #set(status: Status): void {
    this.status = status
    process.nextTick(() => this.emit(status))
  }
}

/** What is between the first braces, if anything is; else all of the key. */
function hashTagOf(key: string): string {
  return /\{([^}]+)\}/.exec(key)?.[1] ?? key
}

function fails(): Promise<never> {
  return Promise.reject(new Error('no master has this slot'))
}
