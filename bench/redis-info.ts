/** A number of what INFO tells; undefined: it does not tell of that. */
export function infoNumber(info: string, name: string): number | undefined {
  const said = new RegExp(`^${name}[:=]([\\d.]+)`, 'm').exec(info)?.[1]
  return said === undefined ? undefined : Number(said)
}
