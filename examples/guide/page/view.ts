import type { Part } from '../app/parts-of.js'
import type { SwitchName } from '../app/switches.js'
import type { Load } from '../load/load.js'

export const sideNames = ['before', 'after'] as const
export type SideName = (typeof sideNames)[number]

/** What the page is told: once when it is opened, and after each round. */
export interface View {
  /** Wall-clock milliseconds. */
  readonly at: number
  readonly database: string
  /** Switches that make no difference here, and why. */
  readonly idle: Readonly<Partial<Record<SwitchName, string>>>
  readonly sides: Readonly<Record<SideName, SideView>>
}

export interface SideView {
  readonly on: readonly SwitchName[]
  /** Undefined: it does not run. */
  readonly listener: 'native' | 'node:http' | undefined
  /** Of the last turn; undefined: there was none since the switches were set. */
  readonly load: Load | undefined
  /** Where the time of a request went. */
  readonly parts: readonly Part[]
  /** What went wrong: why it does not run, or in its last turn. */
  readonly failure: string | undefined
}
