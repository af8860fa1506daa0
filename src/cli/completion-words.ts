import type { Command, Flag } from './command.js'
import { COMMON } from './parse-arguments.js'

export function flagsOf(command: Command): readonly Flag[] {
  return [...command.flags, ...COMMON]
}

/** What stands in the place of an argument, where it is one of a few words: `bash|zsh|fish`. */
export function wordsOf(command: Command, names: readonly string[]): readonly string[] {
  if (command.name === 'help') return names
  return /^[a-z]+(?:\|[a-z]+)+$/.test(command.usage ?? '') ? (command.usage ?? '').split('|') : []
}

/** Its value is a file. */
export function isFile({ value }: Flag): boolean {
  return value === 'FILE'
}

/** In single quotes, for any shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
