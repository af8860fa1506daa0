import type { Schema } from './model.js'

/** What schemas are made of. */

export const text: Schema = { type: 'string' }
export const flag: Schema = { type: 'boolean' }
export const whole: Schema = { type: 'integer', minimum: 0 }
export const instant: Schema = { type: 'number', description: 'Milliseconds since 1970.' }
export const texts: Schema = { type: 'array', items: text }

/** An object that has these members and no others. */
export function closed(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
): Schema {
  return { type: 'object', properties, required, additionalProperties: false }
}
