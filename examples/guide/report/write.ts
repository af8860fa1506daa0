import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isMeasured } from '../row.js'
import { claimChart } from './claim-chart.js'
import { markdownOf, type Report } from './markdown.js'
import { stepChart } from './step-chart.js'

/** Writes the page to `file`, and its charts to the folder of the same name. Charts of an earlier run that have no row any more go. */
export async function writeReport(file: string, report: Omit<Report, 'charts'>): Promise<void> {
  const folder = file.replace(/\.md$/, '')
  await mkdir(folder, { recursive: true })
  for (const name of await readdir(folder)) if (name.endsWith('.svg')) await rm(join(folder, name))
  await writeFile(join(folder, 'claims.svg'), claimChart(report.outcomes))
  for (const { row, result } of report.outcomes) {
    if (isMeasured(result)) await writeFile(join(folder, `${row.name}.svg`), stepChart(row, result))
  }
  await writeFile(file, markdownOf({ ...report, charts: basename(folder) }))
}
