import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml'
import { readBounded } from './read-bounded.js'

/** A file of settings: what it says, and on which line. */
export interface ConfigFile {
  readonly options: unknown
  /** `strata.yaml:12` for an option of this name, or for what it is part of; undefined: it is not in there. */
  placeOf(option: string): string | undefined
}

/** Throws with one line for each fault, and where it is. */
export class ConfigFault extends Error {
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(faults.join('\n'))
    this.name = 'ConfigFault'
    this.faults = faults
  }
}

/** YAML 1.2, of which JSON is a part. */
export function readConfigFile(path: string): ConfigFile {
  let text: string
  try {
    text = readBounded(path)
  } catch (error) {
    throw new ConfigFault([`${path}: ${(error as Error).message}`])
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const faults = [...document.errors, ...document.warnings].map(({ pos, message }) => {
    const { line, col } = lines.linePos(pos[0])
    return `${path}:${line}:${col}: ${withoutText(message)}`
  })
  if (faults.length > 0) throw new ConfigFault(faults)
  const places = new Map<string, number>()
  note(document.contents, '', (option, at) => places.set(option, lines.linePos(at).line))
  return {
    options: toPlain(document, path) ?? {},
    placeOf(option) {
      for (let name = option; name !== ''; name = parentOf(name)) {
        const line = places.get(name)
        if (line !== undefined) return `${path}:${line}`
      }
      return undefined
    },
  }
}

function toPlain(document: ReturnType<typeof parseDocument>, path: string): unknown {
  try {
    // a few bytes of aliases can mean gigabytes
    return document.toJS({ maxAliasCount: 100 }) as unknown
  } catch (error) {
    throw new ConfigFault([`${path}: ${withoutText((error as Error).message)}`])
  }
}

/** What is wrong, without the text that is, which may be a token: that comes last. */
function withoutText(message: string): string {
  return message.replace(/(?<=\S): .*$/s, '')
}

/** Where each option of a document begins. */
function note(node: unknown, name: string, put: (option: string, at: number) => void): void {
  if (isMap(node)) {
    for (const pair of node.items) {
      const key = isScalar(pair.key) ? String(pair.key.value) : ''
      const full = name === '' ? key : `${name}.${key}`
      put(full, (pair.key as Node).range?.[0] ?? 0)
      note(pair.value, full, put)
    }
  }
  if (!isSeq(node)) return
  for (const [i, item] of node.items.entries()) {
    const full = `${name}[${i}]`
    if (!isPair(item)) put(full, (item as Node).range?.[0] ?? 0)
    note(item, full, put)
  }
}

function parentOf(option: string): string {
  return option.slice(0, Math.max(0, option.lastIndexOf('.'), option.lastIndexOf('[')))
}
