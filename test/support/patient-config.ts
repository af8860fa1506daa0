import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A Redis that may take its time, as on a busy machine, to be given to a cache. */
export function patient(url: string) {
  return { url, timeout: '10s', connectTimeout: '30s' } as const
}

/** The same as the configuration of a service, in a file that is there until `remove`. */
export function patientConfig(url: string): { readonly path: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'strata-config-'))
  const path = join(folder, 'strata.json')
  writeFileSync(path, JSON.stringify({ redis: patient(url) }))
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
