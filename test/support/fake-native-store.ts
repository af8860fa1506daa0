import type { NativeStore, NativeStoreStats } from '../../src/native/contract.js'
import { type Fields, fieldsOf, valueOf } from '../../src/http/fields.js'
import type { ManualClock } from './manual-clock.js'

/** What a store was told of a response, as the engine reads it. */
export interface ToldRecord {
  readonly status: number
  readonly age: number
  readonly freshFor: number
  readonly staleFor: number
  readonly isUnheard: boolean
  readonly representations: readonly ToldRepresentation[]
  readonly prefix: string
  readonly vary: readonly string[]
}

export interface ToldRepresentation {
  readonly coding: 'identity' | 'br' | 'gzip'
  readonly body: Buffer
  readonly fields: Fields
  readonly fieldsOf304: Fields
  readonly etag: string
  readonly lastModified: string
}

export function readMeta(meta: Buffer, packed: Buffer): ToldRecord {
  let at = 0
  const word = (): number => meta.readUInt32LE((at += 4) - 4)
  const double = (): number => meta.readDoubleLE((at += 8) - 8)
  const status = word()
  const [age, freshFor, staleFor] = [double(), double(), double()] as const
  const flags = word()
  const rows = Array.from({ length: word() }, () => Array.from({ length: 7 }, word))
  const names = word()
  const prefixLength = word()
  const text = (length: number): string => meta.toString('latin1', at, (at += length))
  const representations = rows.map((row): ToldRepresentation => {
    const [coding, offset, length, head, head304, etag, modified] = row as [
      number,
      ...number[],
    ] as [number, number, number, number, number, number, number]
    return {
      coding: (['identity', 'br', 'gzip'] as const)[coding] ?? 'identity',
      body: packed.subarray(offset, offset + length),
      fields: linesIn(text(head)),
      fieldsOf304: linesIn(text(head304)),
      etag: text(etag),
      lastModified: text(modified),
    }
  })
  const prefix = text(prefixLength)
  const vary = names === 0 ? [] : text(meta.length - at).split('\0')
  const isUnheard = (flags & 1) !== 0
  return { status, age, freshFor, staleFor, isUnheard, representations, prefix, vary }
}

function linesIn(block: string): Fields {
  const lines = block === '' ? [] : block.slice(0, -2).split('\r\n')
  return fieldsOf(lines.flatMap((line) => line.split(/: (.*)/s).slice(0, 2)))
}

interface Token {
  readonly key: string
  readonly birth: number
  readonly fields: Fields
}

export interface FakeRecord extends ToldRecord {
  readonly handle: number
  readonly packed: Buffer
  readonly labels: readonly string[]
  readonly birth: number
  trusted: number
  freshUntil: number
  staleUntil: number
  hits: [all: number, notModified: number, stale: number]
}

/** What `docs` and the engine's tests say a store does, in a few lines and with a clock that is moved by hand. */
export class FakeNativeStore implements NativeStore {
  readonly #clock: ManualClock
  readonly #tokens = new Map<number, Token>()
  readonly #pages = new Map<string, { handle: number; values: string }[]>()
  readonly records = new Map<number, FakeRecord>()
  readonly #marks = new Map<string, number>()
  #moment = 0
  #cleared = 0
  #distrusted = 0
  #last = 0
  trustedUntil = -Infinity
  /** As a real one does with what is too large. */
  refusesAll = false

  constructor(clock: ManualClock) {
    this.#clock = clock
  }

  /** A request was missed: returns its token. */
  miss(key: string, fields: Fields = []): number {
    const token = this.#tokens.size + 1
    this.#tokens.set(token, { key, birth: this.#moment, fields })
    return token
  }

  /** What a request is answered with. */
  answer(key: string, fields: Fields = []): 'stale' | FakeRecord | undefined {
    const page = this.#pages.get(key) ?? []
    const found = page.findLast(({ handle, values }) => {
      const record = this.records.get(handle)
      return record !== undefined && values === valuesOf(fields, record.vary)
    })
    const record = found && this.records.get(found.handle)
    const now = this.#clock.now()
    if (record === undefined || this.#isDead(record)) return undefined
    if (!record.isUnheard && now >= this.trustedUntil) return undefined
    if (!record.isUnheard && record.trusted < this.#distrusted) return undefined
    if (now >= record.freshUntil && now >= record.staleUntil) return undefined
    record.hits[0]++
    if (now < record.freshUntil) return record
    record.hits[2]++
    return 'stale'
  }

  /** By time and marks, as fresh or stale. */
  isAnswered(record: FakeRecord): boolean {
    const now = this.#clock.now()
    if (this.#isDead(record) || !this.records.has(record.handle)) return false
    const isHeard = now < this.trustedUntil && record.trusted >= this.#distrusted
    return (isHeard || record.isUnheard) && (now < record.freshUntil || now < record.staleUntil)
  }

  evict(handle: number): void {
    this.records.delete(handle)
  }

  put(token: number, meta: Buffer, packed: Buffer, labels: string[]): number {
    const filled = this.#tokens.get(token)
    if (filled === undefined || this.refusesAll) return 0
    const { birth } = filled
    const isMarked = labels.some((label) => (this.#marks.get(label) ?? 0) > birth)
    if (isMarked || birth < this.#cleared || birth < this.#distrusted) return 0
    const handle = ++this.#last
    const now = this.#clock.now()
    const told = readMeta(meta, Buffer.from(packed))
    this.records.set(handle, {
      ...told,
      handle,
      packed: Buffer.from(packed),
      labels,
      birth,
      trusted: birth,
      freshUntil: now + told.freshFor,
      staleUntil: now + told.staleFor,
      hits: [0, 0, 0],
    })
    this.#file(filled, handle, told.vary)
    return handle
  }

  alias(token: number, handle: number): boolean {
    const filled = this.#tokens.get(token)
    const record = this.records.get(handle)
    if (filled === undefined || record === undefined || this.#isDead(record)) return false
    this.#file(filled, handle, record.vary)
    return true
  }

  renew(handle: number, freshFor: number, staleFor: number): boolean {
    const record = this.records.get(handle)
    if (record === undefined) return false
    record.trusted = this.#moment
    record.freshUntil = this.#clock.now() + freshFor
    record.staleUntil = this.#clock.now() + staleFor
    return !this.#isDead(record)
  }

  read(handle: number): Buffer | null {
    const record = this.records.get(handle)
    return record === undefined ? null : Buffer.from(record.packed)
  }

  has(handle: number): boolean {
    return this.records.has(handle)
  }

  purgeLabels(labels: string[]): void {
    this.#moment++
    for (const label of labels) this.#marks.set(label, this.#moment)
  }

  clear(): void {
    this.#cleared = ++this.#moment
    this.#pages.clear()
    this.records.clear()
  }

  distrust(): void {
    this.#distrusted = ++this.#moment
  }

  now(): number {
    return this.#clock.now()
  }

  coherentUntil(at: number): void {
    this.trustedUntil = at
  }

  drainHits(): number[] {
    const rows: number[] = []
    for (const record of this.records.values()) {
      if (record.hits[0] > 0) rows.push(record.handle, ...record.hits)
      record.hits = [0, 0, 0]
    }
    return rows
  }

  stats(): NativeStoreStats {
    const bytes = [...this.records.values()].reduce((sum, { packed }) => sum + packed.length, 0)
    const none = { evictions: 0, flights: 0, waiters: 0, labels: 0, handles: 0 }
    return { entries: this.records.size, bytes, maxBytes: 2 ** 26, ...none }
  }

  #isDead({ labels, birth }: FakeRecord): boolean {
    if (birth < this.#cleared) return true
    return labels.some((label) => (this.#marks.get(label) ?? 0) > birth)
  }

  #file({ key, fields }: Token, handle: number, vary: readonly string[]): void {
    const page = vary.length === 0 ? [] : (this.#pages.get(key) ?? [])
    page.push({ handle, values: valuesOf(fields, vary) })
    this.#pages.set(key, page)
  }
}

function valuesOf(fields: Fields, vary: readonly string[]): string {
  return JSON.stringify(vary.map((name) => valueOf(fields, name) ?? null))
}
