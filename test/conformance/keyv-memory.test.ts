import { afterAll } from 'vitest'
import { createCache } from '../../src/index.js'
import { describeKeyv } from './keyv-suite.js'

const cache = createCache({ namespace: 'keyv-memory' })

afterAll(() => cache.close())

describeKeyv('memory alone', () => cache)
