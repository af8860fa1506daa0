/** A database that answers `limit` queries at a time, each in `ms`; the others wait their turn. */
export interface Database {
  query(): Promise<void>
  /** Most queries running, and most running or waiting, since the start. */
  peaks(): { readonly running: number; readonly asked: number }
}

export function createDatabase(limit: number, ms: number): Database {
  const waiting: (() => void)[] = []
  let running = 0
  let mostRunning = 0
  let mostAsked = 0
  const free = (): void => {
    running--
    waiting.shift()?.()
  }
  return {
    query: async () => {
      mostAsked = Math.max(mostAsked, running + waiting.length + 1)
      if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve))
      running++
      mostRunning = Math.max(mostRunning, running)
      await new Promise((resolve) => setTimeout(resolve, ms))
      free()
    },
    peaks: () => ({ running: mostRunning, asked: mostAsked }),
  }
}
