import type { Database } from '../../demo/database.js'
import { medianOf } from '../../demo/quantile.js'

const samples = 50

/** Median milliseconds of the smallest query: the network, and what a query costs before it does anything. */
export async function roundTripOf(database: Database): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < samples; n++) {
    const startedAt = performance.now()
    await database.query('select 1')
    times.push(performance.now() - startedAt)
  }
  return medianOf(times)
}
