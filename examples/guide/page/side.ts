import { type App, type AppOptions, openApp } from '../app/open-app.js'
import { type Part, partsOf } from '../app/parts-of.js'
import { type Switches, switchNames } from '../app/switches.js'
import { dashboards } from '../app/dashboards.js'
import type { Tracing } from '../app/tracing.js'
import type { Load, LoadGenerator } from '../load/load.js'
import { reasonOf } from '../reason.js'
import type { SideView } from './view.js'

const connections = 4
const turn = 500

export interface SideParts extends Pick<AppOptions, 'databases' | 'redis'> {
  readonly name: string
  readonly tracing: Tracing
}

/** The application as its switches say, and the same once more under spans, which says where the time goes. */
export class Side {
  readonly #parts: SideParts
  #switches: Switches
  #plain: App | undefined
  #traced: App | undefined
  #load: Load | undefined
  #spent: readonly Part[] = []
  #failure: string | undefined

  constructor(parts: SideParts, switches: Switches) {
    this.#parts = parts
    this.#switches = switches
  }

  get view(): SideView {
    return {
      on: switchNames.filter((name) => this.#switches[name]),
      listener: this.#plain && (this.#plain.native ? 'native' : 'node:http'),
      load: this.#load,
      parts: this.#spent,
      failure: this.#failure,
    }
  }

  /** As composed anew, with empty caches. What keeps it from running is shown: the other side may run all the same. */
  async open(switches: Switches = this.#switches): Promise<void> {
    this.#switches = switches
    this.#load = undefined
    this.#spent = []
    this.#failure = undefined
    try {
      await this.close()
      await this.#run()
    } catch (error) {
      this.#failure = `It does not run: ${reasonOf(error)}. Turn a switch to try again.`
      await this.close()
    }
  }

  async #run(): Promise<void> {
    const { databases, redis, name, tracing } = this.#parts
    const namespace = `guide-page-${process.pid}-${name}`
    const options = { switches: this.#switches, databases, redis }
    this.#plain = await openApp({ ...options, namespace })
    this.#traced = await openApp({ ...options, namespace: `${namespace}.traced`, tracing })
  }

  /** A turn of load, then one request that tells where its time goes. What fails is shown. */
  async take(asker: LoadGenerator): Promise<void> {
    const [plain, traced] = [this.#plain, this.#traced]
    if (!plain || !traced) return
    try {
      this.#load = await asker.run({ url: plain.url, paths: dashboards, connections, ms: turn })
      const response = await fetch(traced.url + dashboards[0])
      await response.arrayBuffer()
      this.#spent = partsOf(response.headers.get('server-timing'))
      this.#failure = undefined
    } catch (error) {
      this.#load = undefined
      this.#spent = []
      this.#failure = reasonOf(error)
    }
  }

  async close(): Promise<void> {
    const apps = [this.#plain, this.#traced]
    this.#plain = undefined
    this.#traced = undefined
    await Promise.all(apps.map(async (app) => app?.clear().finally(() => app.close())))
  }
}
