// As much of the types of these as is used here: theirs bring another version of Node's types.

declare module 'express' {
  import type { Server } from 'node:http'

  interface Request {
    readonly params: Readonly<Record<string, string>>
  }
  interface Response {
    json(value: unknown): this
    type(type: string): this
    send(text: string): this
  }
  type Handler = (request: Request, response: Response, next: () => void) => void
  interface Express {
    get(path: string, ...handlers: readonly Handler[]): this
    listen(port: number, host: string, listening: () => void): Server
  }
  const express: () => Express
  export default express
}

declare module 'apicache' {
  import type { Handler } from 'express'

  interface Apicache {
    options(options: { readonly headers: Readonly<Record<string, string>> }): this
    /** Milliseconds. */
    middleware(duration: number): Handler
  }
  const apicache: Apicache
  export default apicache
}
