import type { Wakes } from '../bus/wakes.js'
import { newId } from '../entry/id.js'
import type { Grant, Lease, LeaseDesk, LeaseRequest } from '../flight/lease.js'
import type { LendingDesk, Loan, LoanRequest } from '../flight/lending.js'
import { ACQUIRES } from './acquires.js'
import { lastingVersions, takeFree } from './free-lease.js'
import { parseFailure } from './load-failure.js'
import { digestOf, formatLoan, MOST_CARRIED, parseLoan } from './loan-token.js'
import { type Granted, type Held, RedisLease, type RedisLeaseParts } from './redis-lease.js'
import { tooLate } from './redis-space.js'
import { parseVersions } from './tag-versions.js'
import type { Version } from './version.js'

export interface RedisLeasesParts extends RedisLeaseParts {
  readonly wakes: Wakes
}

/** One load per key over all processes: the leases of one namespace, kept in the entries' own keys. */
export class RedisLeases implements LeaseDesk, LendingDesk {
  readonly #parts: RedisLeasesParts

  constructor(parts: RedisLeasesParts) {
    this.#parts = parts
  }

  /** In Cluster versions are read first: what moves between that and the lease makes the value unusable. */
  async acquire(key: string, request: LeaseRequest): Promise<Grant> {
    const { space, lateTags } = this.#parts
    const { writes, tags } = space
    const names = [...request.tags, ...lateTags.expected(key, request.tags)]
    const before = writes.isCluster ? await tags.versionsOf(names, request.lifetime) : undefined
    const versions = before ?? lastingVersions(space, names, request.lifetime)
    const token = await takeFree(space, key, request, versions)
    if (token === undefined || versions === undefined) {
      const asked = await this.#ask(key, request, { names, before })
      return asked.kind === 'yours' ? this.#granted(key, request, asked) : asked
    }
    return this.#granted(key, request, { token, isOwn: true, versions, names })
  }

  /** Always by the script: late tags are measured by the sequence as it is at this moment. */
  async lend(key: string, request: LoanRequest): Promise<Loan> {
    const { space, lateTags } = this.#parts
    const { writes, tags } = space
    const { likely } = request
    const names = writes.isCluster
      ? [...likely, ...lateTags.expected(key, likely)].slice(0, MOST_CARRIED)
      : []
    const before = writes.isCluster ? await tags.versionsOf(names, request.lifetime) : undefined
    const asked = await this.#ask(key, { ...request, mode: 'wait' }, { names, before })
    if (asked.kind !== 'yours') return asked
    const [version, ...others] = asked.versions
    const digests = others.map((one, i) => digestOf(names[i] as string, one))
    return {
      kind: 'yours',
      token: formatLoan({ token: asked.token, version: version as Version, digests }),
    }
  }

  resume(key: string, text: string): Lease | undefined {
    const loan = parseLoan(text)
    if (loan === undefined) return undefined
    const { token, version } = loan
    const granted = { token, isOwn: true, versions: [version], names: [] }
    return new RedisLease(this.#parts, {
      key,
      ...granted,
      ttl: 0,
      until: Infinity,
      announce: false,
      loan,
    })
  }

  #granted(key: string, { ttl, longest, mode }: LeaseRequest, got: Granted): Grant {
    const until = this.#parts.space.clock.now() + longest
    const { token, isOwn, versions, names } = got
    const announce = mode === 'force'
    const held: Held = { key, token, isOwn, versions, names, ttl, until, announce }
    return { kind: 'yours', lease: new RedisLease(this.#parts, held) }
  }

  /** By the script: it looks at whatever is there. */
  async #ask(key: string, request: Asked, { names, before }: Named): Promise<Answer> {
    const { space, wakes } = this.#parts
    const { keys, writes, tags, seen, time, clock, timeout, link, namespace, life } = space
    // before asking: a wake-up cannot come between the reply and this
    const waiting = request.mode === 'wait' ? wakes.register(namespace, key) : undefined
    let isHeld = false
    try {
      const token = newId()
      const sentAt = clock.now()
      const until = sentAt + timeout
      const reply = await writes.join(ACQUIRES, {
        key: keys.entry(key),
        token,
        versions: tags.scriptKeys(names),
        mode: request.mode,
        ttl: request.ttl,
        seen: request.seen === '' ? seen.of(key) : request.seen,
        waitedFor: request.waitedFor,
        lifetime: request.lifetime,
        hasStale: request.hasStale,
        runId: link.runId,
        lastMoment: () => String(time.toRedisAtLatest(clock.now() + timeout)),
      })
      const { said, rest } = reply
      switch (said) {
        case 'yours': {
          const versions = before ?? parseVersions(reply.versions)
          if (before === undefined) {
            life.observe(versions[0])
            life.kept(sentAt + request.lifetime)
          }
          const isOwn = rest[0] === token
          return { kind: 'yours', token: String(rest[0]), isOwn, versions, names }
        }
        case 'held': {
          isHeld = true
          return {
            kind: 'held',
            left: Number(rest[0]),
            token: String(rest[1]),
            wait: (ms) => waiting?.until(ms) ?? Promise.resolve(),
            leave: () => waiting?.end(),
          }
        }
        case 'changed':
          return { kind: 'changed', id: String(rest[0]) }
        case 'resting':
          return { kind: 'resting', left: Number(rest[0]) }
        case 'failed':
          return { kind: 'failed', failure: parseFailure(String(rest[0])) }
        default:
          return tooLate(space, until)
      }
    } finally {
      if (!isHeld) waiting?.end()
    }
  }
}

type Asked = Pick<LeaseRequest, 'mode' | 'ttl' | 'seen' | 'waitedFor' | 'lifetime' | 'hasStale'>

type Answer = Exclude<Grant, { readonly kind: 'yours' }> | ({ readonly kind: 'yours' } & Granted)

/** The tags a value may be filed under; in Cluster with the versions read before the lease. */
interface Named {
  readonly names: readonly string[]
  readonly before: readonly Version[] | undefined
}
