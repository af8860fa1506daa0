import { valueOf } from '../http/fields.js'
import type { Context } from '../server/context.js'
import { JSON_TYPE } from './accept.js'
import { Refusal } from './problem.js'
import { parseJson } from './stored-value.js'

export type BodyObject = Readonly<Record<string, unknown>>

/**
 * The JSON object that a request has for its body, none of whose members is unknown. Its type must be that of JSON: no page of
 * another site can send it without asking. Throws `Refusal`.
 */
export async function bodyObject(c: Context, names: readonly string[]): Promise<BodyObject> {
  const type = valueOf(c.req.incoming.fields, 'content-type') ?? ''
  const [essence = ''] = type.split(';', 1)
  if (essence.trim().toLowerCase() !== JSON_TYPE) {
    throw new Refusal('unsupported-media-type', `the body is to be ${JSON_TYPE}`)
  }
  const value = parseJson(await c.req.bytes(), type.slice(essence.length))
  if (!isObject(value)) throw new Refusal('bad-request', 'the body is to be an object')
  assertNames(value, names, 'the body')
  return value
}

export function isObject(value: unknown): value is BodyObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Throws `Refusal`. */
export function assertNames(value: BodyObject, names: readonly string[], what: string): void {
  if (Object.keys(value).every((name) => names.includes(name))) return
  throw new Refusal('bad-request', `${what} may have these members: ${names.join(', ')}`)
}

/** A list of texts, none if it is not there. Throws `Refusal`. */
export function textsOf(body: BodyObject, name: string, most: number): readonly string[] {
  const list = listOf(body, name, most)
  if (list.every((one) => typeof one === 'string')) return list
  throw new Refusal('bad-request', `${name}: a list of texts`)
}

export function listOf(body: BodyObject, name: string, most: number): readonly unknown[] {
  const list = body[name] ?? []
  if (!Array.isArray(list)) throw new Refusal('bad-request', `${name}: a list`)
  if (list.length > most) throw new Refusal('bad-request', `${name}: at most ${most} at once`)
  return list as readonly unknown[]
}

/** Throws `Refusal`. */
export function flagOf(body: BodyObject, name: string): boolean {
  const flag = body[name] ?? false
  if (typeof flag === 'boolean') return flag
  throw new Refusal('bad-request', `${name}: true or false`)
}
