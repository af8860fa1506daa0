import { describe, expect, it } from 'vitest'
import type { Permission, Scope } from '../../../src/service/access.js'
import { TokenAccess } from '../../../src/service/token-access.js'

const READER = 'reader-of-shop-0001'
const WRITER = 'writer-of-all-00001'
const ADMIN = 'admin-of-everything'
const SHOPKEEPER = 'admin-of-shop-00001'

const access = new TokenAccess([
  { token: READER, scopes: ['read'], namespaces: ['shop', 'shop.eu'] },
  { token: WRITER, scopes: ['read', 'write'] },
  { token: ADMIN, scopes: ['admin'], namespaces: [] },
  { token: SHOPKEEPER, scopes: ['admin'], namespaces: ['shop'] },
])

describe('TokenAccess', () => {
  it.each<[string | undefined, Scope, string | undefined, Permission]>([
    [`Bearer ${READER}`, 'read', 'shop', 'allowed'],
    [`bearer ${READER}`, 'read', 'shop.eu', 'allowed'],
    [`BEARER   ${READER} `, 'read', 'shop', 'allowed'],
    [`Bearer ${READER}`, 'read', 'other', 'forbidden'],
    [`Bearer ${READER}`, 'read', 'Shop', 'forbidden'],
    [`Bearer ${READER}`, 'read', undefined, 'forbidden'],
    [`Bearer ${READER}`, 'write', 'shop', 'forbidden'],
    [`Bearer ${READER}`, 'purge', 'shop', 'forbidden'],
    [`Bearer ${READER}`, 'admin', 'shop', 'forbidden'],
    [`Bearer ${WRITER}`, 'write', 'anything', 'allowed'],
    [`Bearer ${WRITER}`, 'purge', 'anything', 'forbidden'],
    [`Bearer ${WRITER}`, 'admin', undefined, 'forbidden'],
    [`Bearer ${ADMIN}`, 'purge', 'anything', 'allowed'],
    [`Bearer ${ADMIN}`, 'admin', undefined, 'allowed'],
    [`Bearer ${SHOPKEEPER}`, 'purge', 'shop', 'allowed'],
    [`Bearer ${SHOPKEEPER}`, 'admin', undefined, 'forbidden'],
    [undefined, 'read', 'shop', 'unauthorized'],
    ['', 'read', 'shop', 'unauthorized'],
    ['Bearer ', 'read', 'shop', 'unauthorized'],
    [READER, 'read', 'shop', 'unauthorized'],
    [`Basic ${READER}`, 'read', 'shop', 'unauthorized'],
    [`Bearer ${READER}x`, 'read', 'shop', 'unauthorized'],
    [`Bearer ${READER.slice(0, -1)}`, 'read', 'shop', 'unauthorized'],
    [`Bearer ${READER}, Bearer ${ADMIN}`, 'read', 'shop', 'unauthorized'],
    [`Bearer ${'x'.repeat(10_000)}`, 'read', 'shop', 'unauthorized'],
  ])('%s, %s in %s: %s', (authorization, scope, namespace, permission) => {
    expect(access.check(authorization, scope, namespace)).toBe(permission)
  })
})
