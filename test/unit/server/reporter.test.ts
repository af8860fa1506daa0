import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Rule } from '../../../src/http/route-policy.js'
import { RuleFault } from '../../../src/http/rule-functions.js'
import { Reporter } from '../../../src/server/reporter.js'

const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)

afterEach(() => warn.mockClear())

describe('Reporter', () => {
  it('warns once of each error of a route, with its stack', () => {
    const reporter = new Reporter(undefined)
    for (let i = 0; i < 3; i++) reporter.error('GET /a', new Error('x'))
    reporter.error('GET /b', 'text')
    expect(warn.mock.calls).toEqual([
      [
        'GET /a: x',
        {
          type: 'StrataWarning',
          code: 'STRATA_HANDLER',
          detail: expect.stringMatching(/^Error: x\n/),
        },
      ],
      ['GET /b: "text"', { type: 'StrataWarning', code: 'STRATA_HANDLER', detail: '' }],
    ])
  })

  it('tells a logger of every one', () => {
    const logger = { info: vi.fn(), warn: vi.fn() }
    const error = new Error('x')
    const reporter = new Reporter(logger)
    reporter.error('GET /a', error)
    reporter.error('GET /a', error)
    expect(logger.warn.mock.calls).toEqual([
      [{ code: 'STRATA_HANDLER', err: error }, 'GET /a: x'],
      [{ code: 'STRATA_HANDLER', err: error }, 'GET /a: x'],
    ])
  })

  it('is silent with false, and survives a logger that throws', () => {
    new Reporter(false).error('GET /a', new Error('x'))
    expect(warn).not.toHaveBeenCalled()
    const throwing = () => {
      throw new Error('full')
    }
    new Reporter({ info: throwing, warn: throwing }).error('GET /a', new Error('x'))
    expect(warn).toHaveBeenCalledExactlyOnceWith('the logger threw: Error: full', expect.anything())
  })

  it('tells once of each function of a policy that fails', () => {
    const rule = { route: '/a' } as Rule
    const logger = { info: vi.fn(), warn: vi.fn() }
    for (const reporter of [new Reporter(undefined), new Reporter(logger), new Reporter(false)]) {
      for (const cause of [new Error('x'), new Error('y')]) {
        reporter.ruleFault(new RuleFault('tags', rule, cause))
        reporter.ruleFault(new RuleFault('unless', rule, cause))
      }
    }
    const said = (option: string) => `/a: ${option} failed (x); the request went past the cache`
    expect(warn.mock.calls).toEqual(
      ['tags', 'unless'].map((option) => [
        said(option),
        { type: 'StrataWarning', code: 'STRATA_RULE' },
      ]),
    )
    expect(logger.warn.mock.calls).toEqual(
      ['tags', 'unless'].map((option) => [
        { code: 'STRATA_RULE', err: new Error('x') },
        said(option),
      ]),
    )
  })
})
