/** What a token allows. `admin` includes the others. */
export type Scope = 'read' | 'write' | 'purge' | 'admin'

/** `unauthorized`: nobody knows who asks (401). `forbidden`: he is known, and may not (403). */
export type Permission = 'allowed' | 'unauthorized' | 'forbidden'

/** Who may do what, as configured at this moment. */
export interface Access {
  /** There are no tokens: whoever reaches the port may do everything, and no request needs to be judged. */
  readonly isOpen: boolean
  /** `authorization`: the field as sent. `namespace`: as in the URL; undefined: the whole service is concerned. */
  check(authorization: string | undefined, scope: Scope, namespace: string | undefined): Permission
}

/** The access of a service without tokens. */
export const OPEN_ACCESS: Access = { isOpen: true, check: () => 'allowed' }
