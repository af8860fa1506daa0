import type { ClientPurge } from '../client/client.js'
import type { Arguments } from './arguments.js'
import type { Command } from './command.js'
import { Failure } from './failure.js'
import { QUEUED_NOTE } from './place.js'
import { printJson } from './print-json.js'
import { RESPONSES, TARGET_FLAGS } from './target.js'
import { withPlace } from './with-place.js'

export const purge: Command = {
  name: 'purge',
  summary: 'Make values unusable by tag, key, URL or route, or all of a namespace',
  flags: [
    { name: 'tag', value: 'TAG', help: 'everything with this tag; may be repeated' },
    { name: 'key', value: 'KEY', help: 'this key; may be repeated' },
    {
      name: 'response',
      value: 'URL',
      help: 'of a proxy: all responses of this URL, with any query; may be repeated',
    },
    {
      name: 'route',
      value: 'PATTERN',
      help: 'of a proxy: all responses under this pattern of its rules; may be repeated',
    },
    { name: 'all', help: 'the whole namespace' },
    { name: 'soft', help: 'make it stale: it may still be served while a load makes a new value' },
    ...TARGET_FLAGS,
  ],
  details: `
Once it is done no process serves the old values, nor stores one whose load had begun before. With --response and --route the
namespace is http, that of the responses of strata serve --origin, which its admin listener purges.

  strata purge -n shop --tag posts --tag author:7
  strata purge -n shop --all
  strata purge --response http://shop.example/posts/1 --route /feed

Exit codes: 0 done, 2 nothing was named.`,
  async run(args, io) {
    const wish = wishOf(args)
    const isOfResponses = wish.urls !== undefined || wish.routes !== undefined
    if (isOfResponses && (args.text('namespace') ?? RESPONSES) !== RESPONSES) {
      const why = `--response and --route are of the namespace ${RESPONSES}: leave --namespace out`
      throw new Failure(2, why, 'purge')
    }
    return withPlace(
      args,
      io,
      async (place) => {
        const result = await place.purge(wish)
        if (args.flag('json') === true) printJson(io.stdout, { result })
        else io.stdout.write(`purged ${whatOf(wish)} in ${place.name}${QUEUED_NOTE[result]}\n`)
        return 0
      },
      isOfResponses ? RESPONSES : undefined,
    )
  },
}

type Wish = ClientPurge & Required<Pick<ClientPurge, 'tags' | 'keys' | 'all' | 'soft'>>

/** Throws `Failure` 2 when nothing is named. */
function wishOf(args: Arguments): Wish {
  const [tags, keys] = [args.texts('tag'), args.texts('key')]
  const [urls, routes] = [args.texts('response').map(wholeUrl), args.texts('route')]
  const all = args.flag('all') === true
  if (!all && [tags, keys, urls, routes].every(({ length }) => length === 0)) {
    throw new Failure(
      2,
      'what is to be purged: --tag, --key, --response, --route or --all',
      'purge',
    )
  }
  return {
    tags,
    keys,
    all,
    soft: args.flag('soft') === true,
    ...(urls.length === 0 ? {} : { urls }),
    ...(routes.length === 0 ? {} : { routes }),
  }
}

/** Which host a path would be of, nobody could say: the service has as many as its clients send. */
function wholeUrl(text: string): string {
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return text
  const example = 'a whole URL, as clients ask for it: http://shop.example/posts/1'
  throw new Failure(2, `--response ${text}: ${example}`, 'purge')
}

function whatOf({ tags, keys, urls = [], routes = [], all }: Wish): string {
  if (all) return 'everything'
  const parts = [
    count(tags.length, 'tag'),
    count(keys.length, 'key'),
    count(urls.length, 'URL'),
    count(routes.length, 'route'),
  ].filter((part) => part !== '')
  const last = parts.pop() ?? ''
  return parts.length === 0 ? last : `${parts.join(', ')} and ${last}`
}

function count(n: number, what: string): string {
  return n === 0 ? '' : `${n} ${what}${n === 1 ? '' : 's'}`
}
