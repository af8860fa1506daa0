// Words for generated rows, as SQL: which one a row gets follows from its number, so that two databases have the same rows.
export const textArray = (words: string): string => `(array['${words.split(' ').join("','")}'])`
export const first = textArray(
  'Ada Grace Edsger Barbara Donald Frances Ken Radia Dennis Margaret Niklaus Karen',
)
export const last = textArray(
  'Lindqvist Okafor Tanaka Moreau Silva Novak Haddad Fischer Rossi Kowalska Byrne',
)
export const verb = textArray(
  'moved measured rewrote replaced broke simplified doubled debugged retired profiled',
)
export const thing = textArray(
  'billing search checkout uploads reports sessions invoices notifications exports',
)
export const means = textArray(
  'queues indexes caching pooling batching replicas partitions tracing views',
)
export const pick = (words: string, n: string): string =>
  `${words}[1 + ((${n}) % array_length(${words}, 1))::int]`
