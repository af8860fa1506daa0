import { InvalidOptionError } from '../errors.js'
import type { Awaitable } from '../tier/tier.js'

/** The part of Standard Schema (https://standardschema.dev, version 1) that is used: zod, valibot, arktype and others fit. */
export interface StandardSchema {
  readonly '~standard': {
    readonly version: 1
    readonly validate: (
      value: unknown,
    ) => Awaitable<{ readonly issues?: readonly unknown[] | undefined }>
  }
}

/** Whether a value passes; undefined without a schema. */
export function acceptorOf(
  schema: StandardSchema | undefined,
): ((value: unknown) => Promise<boolean>) | undefined {
  if (schema === undefined) return undefined
  const standard = (schema as Partial<StandardSchema> | null)?.['~standard']
  if (typeof standard?.validate !== 'function') {
    throw new InvalidOptionError('schema', schema, "a Standard Schema (has '~standard'.validate)")
  }
  return async (value) => (await standard.validate(value)).issues === undefined
}
