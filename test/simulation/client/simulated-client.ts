import type { Cancel, Clock } from '../../../src/clock.js'
import type { Network } from '../net/network.js'
import type { Host } from '../net/network-parts.js'
import type { Socket } from '../net/socket.js'
import type { Reply } from '../redis/reply.js'
import { closed, MaxRetriesPerRequestError } from './client-error.js'
import { CLIENT_DEFAULTS, type SimulatedClientOptions } from './client-options.js'
import { CommandMethods } from './command-methods.js'
import { type Argument, SentCommand } from './sent-command.js'
import { SimulatedPipeline } from './simulated-pipeline.js'
import { Subscriptions } from './subscriptions.js'

export interface ClientParts {
  readonly network: Network
  /** Those that a duplicate may be made for, by the name of the host. */
  readonly networks?: readonly Network[]
  readonly host: Host
  /** Of the process: its reconnections wait on it. */
  readonly clock: Clock
}

type Status = 'wait' | 'connecting' | 'connect' | 'ready' | 'close' | 'reconnecting' | 'end'

/**
 * What Strata uses of an ioredis `Redis`, over the simulated network. It follows ioredis 5.11 in what programs rely on:
 * the order of status and events (an event comes a tick after its status), what happens to unanswered and to waiting
 * commands when the connection is lost, and when they are sent again.
 */
export class SimulatedClient extends CommandMethods<Promise<unknown>> {
  readonly options: SimulatedClientOptions
  readonly isCluster = false
  status: Status = 'wait'
  readonly #parts: ClientParts
  #subscriptions = new Subscriptions(this)
  #socket: Socket | undefined
  /** Sent, to be answered in order. */
  #unanswered: SentCommand[] = []
  /** To be sent when the connection is ready. */
  #waiting: SentCommand[] = []
  /** Unanswered ones of the connection before. */
  #resent: SentCommand[] = []
  #resubscribe: string[] = []
  #attempts = 0
  #isClosing = false
  #cancelTimer: Cancel | undefined

  constructor(parts: ClientParts, options: Partial<SimulatedClientOptions> = {}) {
    super()
    this.setMaxListeners(0)
    this.#parts = parts
    this.options = { ...CLIENT_DEFAULTS, ...options }
    if (!this.options.lazyConnect) this.connect().catch(() => {})
  }

  /** Of ioredis: `destroy` cuts it without asking the other side. */
  get stream(): { destroy(): void } | null {
    const socket = this.#socket
    return socket === undefined ? null : { destroy: () => socket.destroy() }
  }

  duplicate(override: Partial<SimulatedClientOptions> = {}): SimulatedClient {
    const options = { ...this.options, ...override }
    const network = this.#parts.networks?.find(({ host }) => host === options.host)
    const parts = network === undefined ? this.#parts : { ...this.#parts, network }
    return new SimulatedClient(parts, options)
  }

  connect(): Promise<void> {
    if (['connecting', 'connect', 'ready'].includes(this.status)) {
      return Promise.reject(new Error('Redis is already connecting/connected'))
    }
    this.#set('connecting')
    const outcome = new Promise<void>((resolve, reject) => {
      const settle = (fn: () => void) => (): void => {
        this.removeListener('ready', onReady)
        this.removeListener('close', onClose)
        fn()
      }
      const onReady = settle(resolve)
      const onClose = settle(() => reject(closed()))
      this.on('ready', onReady)
      this.on('close', onClose)
    })
    this.#dial()
    return outcome
  }

  disconnect(reconnect = false): void {
    if (!reconnect) this.#isClosing = true
    this.#cancelTimer?.()
    if (this.status === 'wait' || this.status === 'reconnecting') this.#close()
    else this.#socket?.destroy()
  }

  quit(): Promise<unknown> {
    this.#isClosing = true
    if (this.status === 'wait' || this.status === 'end') {
      this.disconnect()
      return Promise.resolve('OK')
    }
    return this.command('quit', [], false)
  }

  subscribe(...channels: readonly Argument[]): Promise<unknown> {
    return this.command('subscribe', channels, false)
  }

  unsubscribe(...channels: readonly Argument[]): Promise<unknown> {
    return this.command('unsubscribe', channels, false)
  }

  pipeline(): SimulatedPipeline {
    return new SimulatedPipeline((command) => this.#send(command))
  }

  protected command(name: string, args: readonly Argument[], asBuffers: boolean): Promise<unknown> {
    const command = new SentCommand(name, args, asBuffers)
    this.#send(command)
    return command.promise
  }

  #send(command: SentCommand): void {
    if (this.status === 'wait') this.connect().catch(() => {})
    if (this.status === 'end') command.reject(closed())
    else if (this.status === 'ready') this.#write(command)
    else if (this.options.enableOfflineQueue) this.#waiting.push(command)
    else {
      command.reject(new Error("Stream isn't writeable and enableOfflineQueue options is false"))
    }
  }

  #write(command: SentCommand): void {
    this.#unanswered.push(command)
    this.#socket?.send(command.words)
  }

  #dial(): void {
    const { network, host, clock } = this.#parts
    const socket: Socket = network.dial(host, {
      open: () => this.#opened(),
      reply: (reply) => this.#replied(reply),
      close: (error) => this.#lost(error),
    })
    this.#socket = socket
    this.#cancelTimer = clock.after(this.options.connectTimeout, () =>
      socket.fail(new Error('connect ETIMEDOUT')),
    )
  }

  #opened(): void {
    this.#cancelTimer?.()
    this.#unanswered = []
    this.#subscriptions = new Subscriptions(this)
    this.#set('connect')
    if (!this.options.enableReadyCheck) {
      this.#ready()
      return
    }
    const check = new SentCommand('info', [], false)
    this.#write(check)
    check.promise.then(
      () => {
        if (this.status === 'connect') this.#ready()
      },
      // a server that refuses INFO is not ready: ioredis drops the connection
      () => this.#socket?.destroy(),
    )
  }

  #ready(): void {
    this.#attempts = 0
    this.#set('ready')
    const resent = this.options.autoResendUnfulfilledCommands ? this.#resent : []
    this.#resent = []
    const channels = this.options.autoResubscribe ? this.#resubscribe : []
    this.#resubscribe = []
    if (channels.length > 0) void this.command('subscribe', channels, false)
    for (const command of resent) this.#write(command)
    for (const command of this.#waiting.splice(0)) this.#write(command)
  }

  #replied(reply: Reply): void {
    const taken = this.#subscriptions.take(reply, this.#unanswered[0])
    if (taken === 'last ack') this.#unanswered.shift()
    if (taken === 'none') this.#unanswered.shift()?.settle(reply)
  }

  #lost(error: Error | undefined): void {
    this.#cancelTimer?.()
    const wasReady = this.status === 'ready'
    if (error !== undefined && this.listenerCount('error') > 0) this.emit('error', error)
    this.#set('close')
    if (wasReady) {
      this.#resent = this.#unanswered
      this.#resubscribe = [...this.#subscriptions.channels]
    }
    if (this.#isClosing) this.#close()
    else this.#retry()
  }

  #retry(): void {
    const pause = this.options.retryStrategy?.(++this.#attempts)
    if (typeof pause !== 'number') {
      this.#close()
      return
    }
    this.#set('reconnecting')
    this.#cancelTimer = this.#parts.clock.after(pause, () => {
      this.connect().catch(() => {})
    })
    const { maxRetriesPerRequest: most } = this.options
    if (most !== null && this.#attempts % (most + 1) === 0) {
      this.#flush(new MaxRetriesPerRequestError(most))
    }
  }

  #close(): void {
    this.#isClosing = false
    this.#set('end')
    this.#flush(closed())
  }

  #flush(error: Error): void {
    for (const command of [...this.#waiting.splice(0), ...this.#unanswered.splice(0)]) {
      command.reject(error)
    }
    this.#resent = []
  }

  #set(status: Status): void {
    this.status = status
    process.nextTick(() => this.emit(status))
  }
}
