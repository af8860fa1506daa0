import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Server } from '../../../src/server/index.js'
import { Dice } from '../../support/dice.js'
import { mangled } from '../../support/mangled.js'
import { describeNative } from '../../support/native.js'
import { AMBIGUOUS, MALFORMED } from '../../support/raw-messages.js'
import { TwoServers } from '../../support/two-servers.js'
import { get } from '../../support/wire.js'

const MESSAGES = [
  ...MALFORMED.map(([, bytes]) => bytes),
  ...AMBIGUOUS.map(([, bytes]) => bytes),
].filter((bytes) => bytes.length < 2_000)

const NEXT = get('/admin?x=2', ['Connection: close'])

/** Whose faults matter most: what stands behind must not be taken for part of them, nor the other way round. */
const VALID = [
  get('/a?x=1') + NEXT,
  `${get('/a', ['Content-Length: 3'], 'POST')}abc${NEXT}`,
  `${get('/a', ['Transfer-Encoding: chunked'], 'POST')}3\r\nabc\r\n0\r\n\r\n${NEXT}`,
  `${get('/a', ['Transfer-Encoding: chunked'], 'POST')}3;x=y\r\nabc\r\n0\r\nx: y\r\n\r\n${NEXT}`,
  `${get('/a', ['Expect: 100-continue', 'Content-Length: 3'], 'POST')}abc${NEXT}`,
  `GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n${NEXT}`,
]

const ROUNDS = Number(process.env['STRATA_FUZZ_ROUNDS'] ?? 20)
const SEED = Number(process.env['STRATA_FUZZ_SEED'] ?? 1)

/** Both servers, and what each took for requests. */
class Watched {
  readonly #seen: string[][] = []
  readonly servers = new TwoServers((app) => this.#add(app))

  /** Since the last call, the native one's first. */
  take(): string[][] {
    return this.#seen.map((seen) => seen.splice(0))
  }

  #add(app: Server): void {
    const seen: string[] = []
    this.#seen.push(seen)
    app.use(async (c, next) => {
      const at = seen.push(`${c.req.method} ${c.req.path}?${c.req.query('x') ?? ''}`) - 1
      const host = c.req.header('host')
      seen[at] += ` of ${host}: ${await c.req.text()}`
      await next()
    })
    app.get('/a', (c) => c.text('A')).post('/a', (c) => c.text('posted'))
    app.get('/admin', (c) => c.text('admin'))
  }
}

describeNative('messages with faults in them', () => {
  const all = Array.from({ length: 6 }, () => new Watched())
  beforeAll(async () => void (await Promise.all(all.map(({ servers }) => servers.open()))))
  afterAll(async () => void (await Promise.all(all.map(({ servers }) => servers.close()))))

  // One may see more than the other: node:http has begun the next request before the one that ends the connection is
  // answered, and refuses what RFC 9112 does not, such as a tab behind a length.
  it('are the same requests to both listeners, with the same bodies, as far as both take them', async () => {
    let requests = 0
    await Promise.all(
      all.map(async (watched, i) => {
        const dice = new Dice(SEED * 1_000 + i)
        for (let round = 0; round < ROUNDS; round++) {
          const bytes = mangled(dice.pick(dice.chance(0.7) ? VALID : MESSAGES), dice)
          await watched.servers.answers(bytes)
          const [native = [], typescript = []] = watched.take()
          requests += native.length
          const common = Math.min(native.length, typescript.length)
          expect(native.slice(0, common), `seed ${SEED}: ${JSON.stringify(bytes)}`).toEqual(
            typescript.slice(0, common),
          )
        }
      }),
    )
    expect(requests).toBeGreaterThan(ROUNDS)
  })
})
