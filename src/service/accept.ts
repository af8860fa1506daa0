import { weightsOf } from '../http/preferred.js'

export const JSON_TYPE = 'application/json'
export const MSGPACK_TYPE = 'application/vnd.msgpack'

/** The forms a value may be answered in, as an Accept field that says just that. `none` fits neither. */
export const ACCEPTED = {
  json: 'application/json',
  msgpack: 'application/vnd.msgpack',
  both: 'application/json, application/vnd.msgpack',
  none: 'text/plain',
} as const

/**
 * What an Accept field asks for, one of {@link ACCEPTED}: of the many ways to write it these can be told apart. `both`: JSON
 * if the value has it, else msgpack, which has to be named. Given what it gave, it gives the same.
 */
export function reducedAccept(field: string): string {
  const weights = weightsOf(field)
  const json = weights.get(JSON_TYPE) ?? weights.get('application/*') ?? weights.get('*/*') ?? 0
  const msgpack = weights.get(MSGPACK_TYPE) ?? 0
  if (msgpack > json) return ACCEPTED.msgpack
  if (msgpack > 0) return ACCEPTED.both
  return json > 0 ? ACCEPTED.json : ACCEPTED.none
}
