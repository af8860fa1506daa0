import { defineConfig } from 'vitest/config'

const SECOND = 1_000

/** What a client sees of a server that listens: run with each of the two listeners, which must not differ. */
const LISTENING = [
  'test/integration/server/**/*.test.ts',
  'test/integration/proxy/attacks.test.ts',
  'test/integration/proxy/server.test.ts',
  'test/integration/service/**/*.test.ts',
]

/** Its loader throws where no addon is built. Not a literal: it would be made part of this file. */
const ADDON = new URL('native/index.js', import.meta.url).href
const hasNative = await import(ADDON).then(
  () => true,
  () => false,
)

/**
 * One project per kind of test. Groups run one after the other, so that what measures time (fault) or installs packages
 * (package) does not share the machine with the rest. Two workers are meant for two cores.
 */
export default defineConfig({
  test: {
    projects: [
      project('unit', 0, {
        testTimeout: 20 * SECOND,
        maxWorkers: '100%',
        include: ['test/unit/**/*.test.ts', 'test/lint/**/*.test.ts'],
      }),
      project('conformance', 0, {
        testTimeout: 60 * SECOND,
        hookTimeout: 60 * SECOND,
        maxWorkers: '100%',
      }),
      project('integration', 1, {
        exclude: LISTENING,
        testTimeout: 60 * SECOND,
        hookTimeout: 60 * SECOND,
        maxWorkers: 2,
      }),
      listening('typescript', { STRATA_NATIVE: '0' }),
      // without the addon it fails where it is required, and else is not there
      ...(hasNative || process.env['STRATA_REQUIRE_NATIVE'] === '1'
        ? [listening('native', {})]
        : []),
      project('fault', 2, {
        testTimeout: 120 * SECOND,
        hookTimeout: 60 * SECOND,
        maxWorkers: 1,
      }),
      project('simulation', 3, {
        testTimeout: 180 * SECOND,
        hookTimeout: 60 * SECOND,
        maxWorkers: 2,
      }),
      project('package', 4, {
        testTimeout: 300 * SECOND,
        hookTimeout: 300 * SECOND,
        maxWorkers: 2,
        globalSetup: 'test/package/setup.ts',
      }),
    ],
  },
})

function listening(listener: 'typescript' | 'native', env: Record<string, string>) {
  return project(`server-${listener}`, 1, {
    include: LISTENING,
    env: { ...env, STRATA_LISTENER: listener },
    setupFiles: 'test/support/listener.ts',
    testTimeout: 60 * SECOND,
    hookTimeout: 60 * SECOND,
    maxWorkers: 2,
  })
}

interface ProjectOptions {
  readonly include?: string[]
  readonly exclude?: string[]
  readonly env?: Record<string, string>
  readonly setupFiles?: string
  readonly globalSetup?: string
  readonly testTimeout?: number
  readonly hookTimeout?: number
  readonly maxWorkers?: number | string
}

function project(name: string, groupOrder: number, options: ProjectOptions) {
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      environment: 'node' as const,
      sequence: { groupOrder },
      // a second, which is the default, is not enough for a process to start on a busy machine
      expect: { poll: { timeout: 10 * SECOND } },
      ...options,
    },
  }
}
