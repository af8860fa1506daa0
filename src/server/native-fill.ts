import type { Fields } from '../http/fields.js'
import type { Fill } from '../http/fill.js'
import type { HttpRequest } from '../http/message.js'
import { isEndToEnd } from './native-wants.js'

/** Tells Rust. */
export interface FillWriter {
  endFill(token: number, isHitForMiss: boolean): void
}

/** Keeps for fills what the cache keeps. */
export interface FillDesk {
  /** `came`: the fields of the fill's request, as Rust has them. */
  want(token: number, came: Fields, namespace: string, key: string, request: HttpRequest): void
  end(token: number): void
}

/** A request as its fill knows it. */
export interface Filling {
  readonly fields: Fields
  readonly fillToken: number
}

/**
 * A request that others wait for in Rust, who asked for the same: the fill of a key. It is over when the request has been
 * answered and nothing that holds it is still under way; those who wait and got nothing of it are then asked for by themselves.
 */
export class NativeFill implements Fill {
  readonly #request: Filling
  readonly #writer: FillWriter
  readonly #desk: FillDesk | undefined
  #holds = 1
  #isHitForMiss = false
  #isLetGo = false

  constructor(request: Filling, writer: FillWriter, desk: FillDesk | undefined) {
    this.#request = request
    this.#writer = writer
    this.#desk = desk
  }

  want(namespace: string, key: string, request: HttpRequest): void {
    const { fields, fillToken } = this.#request
    // Rust has what was for the connection alone in its key, the cache does not
    if (isEndToEnd(fields)) this.#desk?.want(fillToken, fields, namespace, key, request)
  }

  hold(until: Promise<unknown>): void {
    if (this.#isLetGo) return
    this.#holds++
    const release = (): void => this.release()
    until.then(release, release)
  }

  letGo(): void {
    this.#isLetGo = true
  }

  alone(): void {
    this.#isHitForMiss = true
  }

  /** Once for the answer itself, by the listener. */
  release(): void {
    if (--this.#holds > 0) return
    const { fillToken } = this.#request
    this.#desk?.end(fillToken)
    this.#writer.endFill(fillToken, this.#isHitForMiss)
  }
}
