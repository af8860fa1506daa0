import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { caseNames } from '../cases.js'
import { renderBlocks } from './block.js'
import { formatComparison } from './comparison.js'
import { BEHAVIOUR_COLUMNS, SPEED_COLUMNS } from './comparison-columns.js'
import { formatMarkdown, NOT_MEASURED } from './markdown.js'
import { readResult } from './results.js'
import { CACHE_ROWS, SERVER_ROWS } from './summary-rows.js'
import { formatSummary } from './summary.js'

const ROOT = new URL('../../', import.meta.url)

/** Blocks that are not the table of one case. */
const BLOCKS: Readonly<Record<string, () => string>> = {
  'summary-cache': () => formatSummary(CACHE_ROWS, readResult),
  'summary-servers': () => formatSummary(SERVER_ROWS, readResult),
  comparison: () => formatComparison(SPEED_COLUMNS, readResult),
  'comparison-behaviour': () => formatComparison(BEHAVIOUR_COLUMNS, readResult),
}

/** Where blocks may stand, from the root of the repository. */
export function documents(): readonly string[] {
  const pages = readdirSync(new URL('docs/', ROOT)).filter((name) => name.endsWith('.md'))
  return ['README.md', ...pages.map((name) => `docs/${name}`)]
}

export function readDocument(name: string): string {
  return readFileSync(new URL(name, ROOT), 'utf8')
}

/** The document with the figures that are kept. */
export function renderDocument(name: string): string {
  return renderBlocks(readDocument(name), (block) => BLOCKS[block]?.() ?? caseBlock(block))
}

/** Writes the figures that are kept into all documents; gives the names of those that change. */
export function renderDocuments(): readonly string[] {
  return documents().filter((name) => {
    const rendered = renderDocument(name)
    if (rendered === readDocument(name)) return false
    writeFileSync(new URL(name, ROOT), rendered)
    return true
  })
}

function caseBlock(name: string): string {
  if (!caseNames().includes(name)) throw new Error(`no case and no summary '${name}'`)
  const result = readResult(name)
  return result === undefined
    ? `\`npm run bench -- ${name}\`: ${NOT_MEASURED}.`
    : formatMarkdown(result)
}
