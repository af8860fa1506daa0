import type { Terminal } from './terminal.js'

const width = 20

/** A bar on the status line; `done` leaves one line behind. */
export function startProgress(terminal: Terminal, title: string) {
  const startedAt = performance.now()
  const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(1)
  return {
    update(share: number): void {
      const full = Math.round(share * width)
      const percent = `${Math.round(share * 100)} %`.padStart(5)
      terminal.status(
        `${title}  [${'#'.repeat(full)}${'.'.repeat(width - full)}] ${percent}  ${seconds()} s`,
      )
    },
    done(): void {
      terminal.status('')
      terminal.say(`${title}: done in ${seconds()} s`)
    },
  }
}
