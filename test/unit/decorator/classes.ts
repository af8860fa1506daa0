import type { Cache } from '../../../src/index.js'
import type { cached, invalidates } from '../../../src/decorator/index.js'

export interface Decorators {
  readonly cached: typeof cached
  readonly invalidates: typeof invalidates
}

export const LATEST: unique symbol = Symbol('latest')

/**
 * Classes for one test, with everything that compilers of decorators treat in a way of its own. The decorators are handed
 * in: so the text imports nothing at run time, and whatever a compiler makes of it can be run as it is.
 */
export function classesOf({ cached, invalidates }: Decorators, store: Cache) {
  class Posts {
    static readonly calls: string[] = []
    readonly cache: Cache
    readonly calls: string[] = []

    constructor(cache: Cache) {
      this.cache = cache
    }

    @cached({ name: 'post', ttl: '5m', key: (id: number) => id, tags: (id) => [`post:${id}`] })
    async find(id: number) {
      this.calls.push(`find ${id}`)
      return { id, title: `Post ${id}` }
    }

    @cached({ name: 'search', tags: ['posts'] })
    async search(text: string, page?: number) {
      this.calls.push(`search ${text} ${page}`)
      return [text, page ?? 1]
    }

    @cached({ name: 'latest' })
    async [LATEST](count: number) {
      this.calls.push(`latest ${count}`)
      return count
    }

    @cached({ name: 'count', cache: store })
    static async count(of: string) {
      this.calls.push(`count ${of}`)
      return of.length
    }

    @invalidates({ tags: (id: number) => [`post:${id}`] })
    async update(id: number, title: string) {
      this.calls.push(`update ${id} ${title}`)
      return title
    }

    @invalidates({ tags: ['posts'] })
    @invalidates({ tags: ['count'], cache: store })
    async create() {
      this.calls.push('create')
      return 1
    }
  }

  class Drafts extends Posts {
    @cached({ name: 'draft' })
    override async find(id: number) {
      const post = await super.find(id)
      return { ...post, title: `Draft of ${post.title}` }
    }
  }

  return { Posts, Drafts }
}

/** Each defines a class that has a decorator where none belongs. */
export function misusesOf({ cached, invalidates }: Decorators) {
  const options = { name: 'misused' }
  return {
    'a getter': () => {
      class Misused {
        // @ts-expect-error a getter
        @cached(options)
        get now(): Promise<number> {
          return Promise.resolve(1)
        }
      }
      return Misused
    },
    'a setter': () => {
      class Misused {
        // @ts-expect-error a setter
        @invalidates({ tags: ['now'] })
        set now(_: number) {}
      }
      return Misused
    },
    'a field': () => {
      class Misused {
        // @ts-expect-error a field
        @cached(options)
        readonly now = async () => 1
      }
      return Misused
    },
    'a class': () => {
      // @ts-expect-error a class
      @cached(options)
      class Misused {
        readonly id = 1
      }
      return Misused
    },
  }
}
