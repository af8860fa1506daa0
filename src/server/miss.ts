/** Why a request has no route. */
export interface Miss {
  readonly status: 204 | 404 | 405
  readonly allow: string
}
