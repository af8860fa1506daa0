import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A script of the program, under the name of its export. */
export interface NamedScript {
  readonly name: string
  readonly lua: string
}

/**
 * Ids made by a script are salted with the microsecond, which two servers do not share: left out on both sides.
 */
const SALT = " .. time[1] .. '.' .. time[2]"

const REDIS = new URL('../../../src/redis/', import.meta.url)

/** Every script that a module of `src/redis` exports. */
export async function scriptsOfTheProgram(): Promise<NamedScript[]> {
  const files = readdirSync(fileURLToPath(REDIS)).filter((file) => file.endsWith('.ts'))
  const modules = await Promise.all(
    files.map(async (file) => (await import(new URL(file, REDIS).href)) as object),
  )
  return modules.flatMap((module) =>
    Object.entries(module).flatMap(([name, exported]) => {
      const lua = luaOf(exported)
      return lua === undefined ? [] : [{ name, lua }]
    }),
  )
}

function luaOf(exported: unknown): string | undefined {
  if (typeof exported !== 'object' || exported === null || !('lua' in exported)) return undefined
  return typeof exported.lua === 'string' ? exported.lua.replaceAll(SALT, '') : undefined
}
