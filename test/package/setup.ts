import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { createProject, npm } from './project.js'

const REPOSITORY = join(import.meta.dirname, '../..')

declare module 'vitest' {
  interface ProvidedContext {
    /** The packed package. */
    readonly tarball: string
    /** A project that has the package, TypeScript 5.9 and the types of Node installed. */
    readonly consumer: string
  }
}

/** Packs `dist` as it is (the npm scripts build it first) and installs it into one project that most tests share. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-packed-'))
  const printed = await npm(
    REPOSITORY,
    'pack',
    '--json',
    '--ignore-scripts',
    '--pack-destination',
    folder,
  )
  const [packed] = JSON.parse(printed) as [{ filename: string }]
  const tarball = join(folder, packed.filename)
  const consumer = await createProject([tarball, 'typescript@~5.9', '@types/node@^20'])
  provide('tarball', tarball)
  provide('consumer', consumer)
  return async () => {
    await rm(folder, { recursive: true, force: true })
    await rm(consumer, { recursive: true, force: true })
  }
}
