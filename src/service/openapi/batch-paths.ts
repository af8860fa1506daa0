import type { ProblemName } from '../problem.js'
import type { Operation, Path, Paths } from './model.js'
import { json, namespaceProblems, reference } from './responses.js'
import { BEARER, NAMESPACE } from './value-paths.js'

interface Batch {
  readonly operationId: string
  readonly summary: string
  readonly description: string
  readonly takes: string
  readonly gives: string
  /** What is told of the whole, and not of an entry. */
  readonly problems: readonly ProblemName[]
}

function batch({ operationId, summary, description, takes, gives, problems }: Batch): Path {
  const post: Operation = {
    operationId,
    tags: ['batches'],
    summary,
    description,
    security: BEARER,
    parameters: [NAMESPACE],
    requestBody: { required: true, content: { 'application/json': { schema: reference(takes) } } },
    responses: {
      200: json('Done.', gives),
      ...namespaceProblems(
        'bad-json',
        'timeout',
        'too-large',
        'unsupported-media-type',
        ...problems,
      ),
    },
  }
  return { post }
}

export const BATCH_PATHS: Paths = {
  '/v1/{namespace}/_get': batch({
    operationId: 'getBatch',
    summary: 'Many values',
    description: 'In the order of the keys; at most `maxBatch`.',
    takes: 'GetBatch',
    gives: 'FoundEntries',
    problems: ['unavailable'],
  }),
  '/v1/{namespace}/_set': batch({
    operationId: 'setBatch',
    summary: 'Store many values',
    description: 'One that cannot be stored is told of, and keeps no other from being stored.',
    takes: 'SetBatch',
    gives: 'Stored',
    problems: [],
  }),
  '/v1/{namespace}/_purge': batch({
    operationId: 'purge',
    summary: 'Make values unusable, by tag, by key, or all of them',
    description: 'A load that began before does not bring back what was purged.',
    takes: 'Purge',
    gives: 'Purged',
    problems: ['unavailable'],
  }),
}
