import { PROBLEMS, typeOf, type ProblemName } from '../problem.js'
import type { Schema } from './model.js'
import { closed, flag, instant, text, texts, whole } from './schema-parts.js'
import { bus, queue, redisState, stats } from './stats-schema.js'

const key: Schema = {
  type: 'string',
  minLength: 1,
  description: 'Text that does not begin with _; its UTF-8 has at most `maxKey` bytes.',
}

const base64: Schema = { type: 'string', contentEncoding: 'base64' }

const lifetime: Schema = {
  description: 'Seconds, or a text with a unit.',
  anyOf: [
    { type: 'number', minimum: 0 },
    { type: 'string', pattern: '^\\d+(\\.\\d+)?(ms|s|m|h|d)$' },
  ],
}

const problemName: Schema = { enum: Object.keys(PROBLEMS) }

const problemMembers = {
  title: text,
  status: { type: 'integer', minimum: 400, maximum: 599 },
  detail: text,
}

const memoryView: Schema = {
  type: 'object',
  properties: {
    standing: { enum: ['hit', 'due', 'stale', 'untrusted', 'revoked', 'gone'] },
    id: text,
    storedAt: instant,
    freshUntil: instant,
    staleUntil: instant,
    tags: texts,
    size: whole,
  },
  required: ['standing', 'storedAt', 'freshUntil', 'staleUntil', 'tags', 'size'],
}

export const SCHEMAS: Readonly<Record<string, Schema>> = {
  Problem: closed(
    {
      type: { enum: (Object.keys(PROBLEMS) as ProblemName[]).map(typeOf) },
      ...problemMembers,
      instance: { ...text, description: 'The id of the request.' },
    },
    ['type', 'title', 'status'],
  ),
  AnyProblem: closed({ type: { const: 'about:blank' }, ...problemMembers }, [
    'type',
    'title',
    'status',
  ]),
  Health: closed({ status: { const: 'ok' } }, ['status']),
  Readiness: closed(
    {
      status: { enum: ['ready', 'degraded', 'starting', 'closing'] },
      redis: redisState,
      coherent: {
        ...flag,
        description: 'Whether memory can be trusted to have heard of what others invalidated.',
      },
    },
    ['status', 'redis', 'coherent'],
  ),
  GetBatch: closed({ keys: { type: 'array', items: key } }, ['keys']),
  FoundEntries: closed(
    {
      entries: {
        type: 'array',
        items: {
          oneOf: [
            closed({ key: text, found: { const: false } }, ['key', 'found']),
            closed(
              {
                key: text,
                found: { const: true },
                value: { description: 'A value that JSON has.' },
                base64,
                type: { ...text, description: 'Of what `base64` has: a media type.' },
                age: { ...whole, description: 'Seconds since it was stored.' },
                ttl: { type: 'integer', description: 'Seconds that it stays fresh.' },
                etag: text,
              },
              ['key', 'found', 'age', 'ttl'],
            ),
          ],
        },
      },
    },
    ['entries'],
  ),
  SetBatch: closed(
    {
      entries: {
        type: 'array',
        items: closed(
          {
            key,
            value: { description: 'Anything that JSON has; or `base64` instead.' },
            base64,
            type: {
              ...text,
              description: 'Of what `base64` has; default application/octet-stream.',
            },
            ttl: lifetime,
            grace: lifetime,
            tags: texts,
          },
          ['key'],
        ),
      },
    },
    ['entries'],
  ),
  Stored: closed(
    {
      stored: whole,
      queued: { ...flag, description: 'Redis has still to be told of some.' },
      errors: {
        type: 'array',
        items: closed({ key: text, problem: problemName, detail: text }, ['problem']),
      },
    },
    ['stored', 'queued', 'errors'],
  ),
  Purge: closed(
    {
      tags: texts,
      keys: texts,
      all: { ...flag, description: 'Everything in the namespace.' },
      soft: { ...flag, description: 'Stale instead of gone; not with `all`.' },
      urls: { ...texts, description: 'In the namespace `http` only: absolute URLs of responses.' },
      routes: { ...texts, description: 'In the namespace `http` only: patterns of routes.' },
    },
    [],
  ),
  Purged: closed(
    {
      result: { enum: ['applied', 'queued'], description: '`queued`: Redis has still to be told.' },
    },
    ['result'],
  ),
  Stats: stats,
  Tail: closed(
    {
      reads: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            at: instant,
            namespace: text,
            key: text,
            outcome: { enum: ['hit', 'stale', 'miss', 'bypass', 'error'] },
            tier: { enum: ['memory', 'redis', 'native', 'loader'] },
            count: whole,
          },
          required: ['at', 'namespace', 'key', 'outcome', 'count'],
          additionalProperties: false,
        },
      },
      dropped: whole,
    },
    ['reads', 'dropped'],
  ),
  Explanation: closed(
    {
      steps: {
        type: 'array',
        items: {
          type: 'object',
          properties: { step: text, says: text, detail: texts },
          required: ['step', 'says'],
          additionalProperties: false,
        },
      },
    },
    ['steps'],
  ),
  KeyInspection: {
    type: 'object',
    properties: {
      at: instant,
      key: text,
      namespace: text,
      redisKey: text,
      outcome: { enum: ['hit', 'stale', 'miss', 'error'] },
      tier: { enum: ['memory', 'redis'] },
      memory: memoryView,
      redis: { type: 'object', properties: { kind: text }, required: ['kind'] },
      flight: { type: 'object' },
      resting: { type: 'number' },
      queue,
      bus,
      why: texts,
      value: closed({ type: text, preview: text, cut: flag, bytes: whole }, [
        'type',
        'preview',
        'cut',
        'bytes',
      ]),
    },
    required: ['at', 'key', 'namespace', 'outcome', 'queue', 'bus', 'why'],
    additionalProperties: false,
  },
}
