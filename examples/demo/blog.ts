import type { Source } from './source.js'

export interface Answer {
  /** `undefined` = there is no such page. */
  readonly body: object | undefined
  readonly source: Source
}

/** The pages, apart from how they are made: without a cache (plain-blog.ts) or with one (cached-blog.ts). */
export interface Blog {
  popular(): Promise<Answer>
  post(id: number): Promise<Answer>
  dashboard(): Promise<Answer>
  /** Resolves how far the caches have been told. */
  rename(id: number, title: string): Promise<'applied' | 'queued'>
}
