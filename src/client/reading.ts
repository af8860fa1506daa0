import type { Answer } from './answer.js'
import type { ClientReading } from './client.js'
import { contentType, valueOf } from './value-body.js'

export function readingOf(answer: Answer): ClientReading {
  const { headers } = answer
  const ttl = /;\s*ttl=(-?\d+)/.exec(headers.get('cache-status') ?? '')?.[1]
  return {
    value: valueOf(answer),
    type: contentType(answer),
    etag: headers.get('etag') ?? undefined,
    age: Number(headers.get('age') ?? 0),
    ttl: ttl === undefined ? undefined : Number(ttl),
  }
}
