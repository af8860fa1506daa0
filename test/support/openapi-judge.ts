import type { IncomingHttpHeaders } from 'node:http'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { expect } from 'vitest'
import type {
  Method,
  OpenApiDocument,
  Operation,
  Response,
} from '../../src/service/openapi/model.js'

/** What came back of a request. */
export interface Judged {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Fields that belong to HTTP or to the listener, and need no description. */
const GENERAL = new Set([
  'accept-ranges',
  'allow',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'cross-origin-opener-policy',
  'date',
  'etag',
  'keep-alive',
  'referrer-policy',
  'transfer-encoding',
  'vary',
])

/** Holds answers against their description, and remembers which of it was seen. */
export class OpenApiJudge {
  readonly #document: OpenApiDocument
  readonly #ajv: Ajv2020
  readonly #seen = new Set<string>()

  constructor(document: OpenApiDocument) {
    this.#document = document
    this.#ajv = new Ajv2020({ strict: false, allErrors: true })
    this.#ajv.addSchema(document, 'document')
  }

  /** `GET /healthz 200` and so on, of all that is described. */
  described(): readonly string[] {
    return Object.entries(this.#document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, { responses }]) =>
        Object.keys(responses).map((status) => `${method.toUpperCase()} ${path} ${status}`),
      ),
    )
  }

  get seen(): ReadonlySet<string> {
    return this.#seen
  }

  operation(method: Method, path: string): Operation {
    const operation = this.#document.paths[path]?.[method]
    if (operation === undefined) throw new Error(`not described: ${method} ${path}`)
    return operation
  }

  judge(method: Method, path: string, answer: Judged): void {
    const status = String(answer.status)
    const where = `${method.toUpperCase()} ${path} ${status}`
    const { responses } = this.operation(method, path)
    const response = responses[status]
    if (response === undefined) throw new Error(`not described: ${where}: ${answer.body}`)
    this.#seen.add(where)
    this.#judgeHeaders(where, response, answer)
    if (method !== 'head') this.#judgeBody(where, response, answer, pointerOf(path, method, status))
  }

  #judgeHeaders(where: string, { headers = {} }: Response, answer: Judged): void {
    const names = Object.keys(headers).map((name) => name.toLowerCase())
    const others = Object.keys(answer.headers).filter(
      (name) => !names.includes(name) && !GENERAL.has(name),
    )
    expect([where, others]).toEqual([where, []])
    for (const [name, { required = false, schema }] of Object.entries(headers)) {
      const value = answer.headers[name.toLowerCase()]
      if (value === undefined) expect([where, name, required]).toEqual([where, name, false])
      else this.#assertValid(`${where} ${name}`, this.#ajv.compile(schema), value)
    }
  }

  #judgeBody(where: string, response: Response, answer: Judged, pointer: string): void {
    const { content } = response
    if (content === undefined) {
      expect([where, answer.body]).toEqual([where, ''])
      return
    }
    const [type = ''] = (answer.headers['content-type'] ?? '').split(';')
    const media = type in content ? type : '*/*'
    if (!(media in content)) throw new Error(`not described: ${where} as ${type}`)
    if (!type.endsWith('json')) return
    const validate = this.#ajv.compile({
      $ref: `document#${pointer}/content/${escaped(media)}/schema`,
    })
    this.#assertValid(where, validate, JSON.parse(answer.body))
  }

  /** Data against a schema of the document. */
  assertIs(name: string, data: unknown): void {
    const validate = this.#ajv.compile({ $ref: `document#/components/schemas/${name}` })
    this.#assertValid(name, validate, data)
  }

  #assertValid(where: string, validate: ValidateFunction, data: unknown): void {
    if (validate(data)) return
    throw new Error(`${where}: ${this.#ajv.errorsText(validate.errors)}: ${JSON.stringify(data)}`)
  }
}

function pointerOf(path: string, method: string, status: string): string {
  return `/paths/${escaped(path)}/${method}/responses/${status}`
}

/** A part of a JSON pointer in a URL. */
function escaped(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))
}
