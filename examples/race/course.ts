/** The numbers of the race, the same for both caches. */
export const course = Object.freeze({
  processes: 2,
  rows: 400,
  /** Of Zipf's law: some rows are read all the time, most of them now and then. So are half of the writes; the others go anywhere. */
  exponent: 1,
  /** How long the database takes over a row, in milliseconds: a query with a join or two. */
  loadTime: [10, 30] as const,
  ttl: 60_000,
  /** In each process. */
  readers: 6,
  /** A reader rests this long between two reads, in milliseconds. */
  readPause: 2,
  /** In each process, at rest. */
  surveyors: 25,
  /** In each process; one update and one invalidation in each cache. */
  writesPerSecond: 70,
  /** From the last acknowledgement to the survey at rest, in milliseconds: longer than any load or message is under way. */
  settle: 400,
})
