import { RawBody } from './raw-body.js'

/** Where the bytes of values lie that memory does not keep itself. Both answer at once. */
export interface Keeper {
  has(handle: number): boolean
  /** A copy; null: they are gone. */
  read(handle: number): Uint8Array | null
}

/**
 * Stands in memory for a {@link RawBody} whose bytes lie elsewhere in the process. They may be pushed out there: then the
 * value is gone, and memory looks whether it still is there before it says that it has it.
 */
export class Stub {
  readonly handle: number
  readonly #contentType: string
  readonly #keeper: Keeper
  #known: WeakRef<RawBody> | undefined

  constructor(keeper: Keeper, handle: number, contentType: string) {
    this.#keeper = keeper
    this.handle = handle
    this.#contentType = contentType
  }

  get isThere(): boolean {
    return this.#keeper.has(this.handle)
  }

  /** What was read last is given again as long as it happens to be there: it is held by those only who use it. */
  read(): RawBody | undefined {
    const known = this.#known?.deref()
    if (known !== undefined) return known
    const bytes = this.#keeper.read(this.handle)
    if (bytes === null) return undefined
    const body = new RawBody(this.#contentType, bytes)
    this.#known = new WeakRef(body)
    return body
  }
}
