import { defineConfig } from 'vitest/config'

const SECOND = 1_000

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
        testTimeout: 60 * SECOND,
        hookTimeout: 60 * SECOND,
        maxWorkers: 2,
      }),
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

interface ProjectOptions {
  readonly include?: string[]
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
      ...options,
    },
  }
}
