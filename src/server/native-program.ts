import type { NativeRule } from './native-rule.js'
import type { Program } from './program.js'
import type { ServerSettings } from './settings.js'

/** The routes as Rust is given them: it finds the route of a request, and answers from its store where a rule says how. */
export function nativeProgram(program: Program, settings: ServerSettings): string {
  const { version, router, routes } = program
  const { hosts, redirectTrailingSlash, serverTiming } = settings
  const told = (rule: NativeRule): object => ({ ...rule, serverTiming })
  return JSON.stringify({
    version,
    table: router.table,
    methods: router.methods,
    allow: router.allow,
    hosts: hosts === undefined ? null : [...hosts],
    redirectTrailingSlash,
    rules: routes.map(({ native: { rule } }) => (rule === undefined ? null : told(rule))),
  })
}
