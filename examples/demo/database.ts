/** What the demo needs of a SQL database. Both implementations speak PostgreSQL's SQL. */
export interface Database {
  /** How it is called in the output, and where its rows are. */
  readonly name: string
  readonly place: string
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>
  close(): Promise<void>
}
