export { type CacheStatus, formatCacheStatus, type ForwardReason } from './cache-status.js'
export { type Directives, parseDirectives, requestDirectives } from './directives.js'
export type { Origin, Visit } from './exchange.js'
export { type Fields, fieldsOf } from './fields.js'
export { groupTag, routeTag, urlTag } from './http-key.js'
export type { HttpBody, HttpRequest, HttpResponse, ResponseHead } from './message.js'
export { ResponseCache } from './response-cache.js'
export type { ResponseCacheOptions } from './response-cache-options.js'
export { type Use, useOf } from './reusable.js'
export {
  httpRule,
  type HttpRuleOptions,
  parseRoutePolicy,
  type RouteKeyOptions,
  type RoutePolicy,
  type Rule,
} from './route-policy.js'
export { RuleFault, type RuleFunction } from './rule-functions.js'
export {
  type CacheRules,
  type Exchange,
  judge,
  type Lifetime,
  type Storable,
  type Unstorable,
} from './storable.js'
