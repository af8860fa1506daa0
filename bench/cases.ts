import { readdirSync } from 'node:fs'
import type { Case } from './case.js'

const FOLDER = new URL('./cases/', import.meta.url)

/** Of all cases there are. */
export function caseNames(): readonly string[] {
  return readdirSync(FOLDER).map((file) => file.replace(/\.ts$/, ''))
}

export async function loadCase(name: string): Promise<Case> {
  const { benchmark } = (await import(`./cases/${name}.ts`)) as { readonly benchmark: Case }
  return benchmark
}
