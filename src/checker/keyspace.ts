/** The keys of a run and the tag each one bears. Their names are of this run alone: what an earlier one left is not read. */
export interface Keyspace {
  readonly keys: readonly string[]
  readonly tags: readonly string[]
  tagsOf(key: string): readonly string[]
  keysOf(tag: string): readonly string[]
}

/** Key number n bears tag number n modulo `tags`; none with 0 tags. */
export function keyspaceOf(run: string, keys: number, tags: number): Keyspace {
  const names = (kind: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${kind}${index}-${run}`)
  const keyNames = names('k', keys)
  const tagNames = names('t', tags)
  const byKey = new Map<string, string[]>()
  const byTag = new Map<string, string[]>(tagNames.map((tag) => [tag, []]))
  for (const [index, key] of keyNames.entries()) {
    const tag = tagNames[index % tags]
    byKey.set(key, tag === undefined ? [] : [tag])
    if (tag !== undefined) byTag.get(tag)?.push(key)
  }
  return {
    keys: keyNames,
    tags: tagNames,
    tagsOf: (key) => byKey.get(key) ?? [],
    keysOf: (tag) => byTag.get(tag) ?? [],
  }
}
