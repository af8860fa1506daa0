import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const root: string = fileURLToPath(new URL('../../../', import.meta.url))

const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  exports: Record<string, { readonly default: string }>
}

/** The code of a document, with the package's sources in the place of the package: nothing has to be built. */
export function fromSource(code: string): string {
  return code.replace(
    /'strata-cache(?:\/([a-z-]+))?'/g,
    (_, entry: string | undefined) => `'${pathToFileURL(join(root, sourceOf(entry))).pathname}'`,
  )
}

/** The source of an entry point, as package.json names what is built from it. */
function sourceOf(entry: string | undefined): string {
  const name = entry === undefined ? '.' : `./${entry}`
  const built = exports[name]?.default
  if (built === undefined) throw new Error(`package.json exports no '${name}'`)
  return built.replace('./dist/', 'src/').replace(/\.js$/, '.ts')
}
