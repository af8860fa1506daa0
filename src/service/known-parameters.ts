import { didYouMean } from '../entry/did-you-mean.js'
import { describe } from '../errors.js'
import type { Context } from '../server/context.js'
import { Refusal } from './problem.js'

/** Throws `Refusal` for a query with a parameter of another name: what it asks for would not be done. */
export function assertParameters({ req }: Context, names: readonly string[]): void {
  if (req.rawQuery === '') return
  const unknown = Object.keys(req.query()).find((name) => !names.includes(name))
  if (unknown === undefined) return
  const allowed = names.length === 0 ? 'none' : names.join(', ')
  throw new Refusal(
    'bad-request',
    `no parameter of the query has the name ${describe(unknown)}; allowed: ${allowed}${didYouMean(unknown, names)}`,
  )
}
