/** The caches in the race, in the order of the display. */
export const names = ['naive', 'Strata'] as const
export type Name = (typeof names)[number]

/** What both caches are asked for. Rows are their versions. */
export interface Contestant {
  open(): Promise<void>
  read(row: number): Promise<number>
  /** After the row was updated. True: acknowledged, nobody should see an older version from now on. */
  invalidate(row: number): Promise<boolean>
  close(): Promise<void>
}
export type Load = (row: number) => Promise<number>
