import { randomFillSync } from 'node:crypto'

/** 72 random bits: 12 characters of base64url without padding. */
const ID_BYTES = 9
export const ID_LENGTH = 12

/** One call of the system's generator serves this many ids. */
const POOLED = 512

const pool = Buffer.alloc(ID_BYTES * POOLED)
let next = pool.length

/** A random identity: of a value, of a tag's life, of a lease. */
export function newId(): string {
  if (next === pool.length) {
    randomFillSync(pool)
    next = 0
  }
  const start = next
  next += ID_BYTES
  return pool.toString('base64url', start, next)
}

export function isId(text: string): boolean {
  return /^[\w-]{12}$/.test(text)
}
