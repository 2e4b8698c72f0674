/** Which views exist, without loading them; filled by the registry so that parts of a view need not import it. */

const known = new Set<string>()

export function announce(ids: string[]): void {
  for (const id of ids) known.add(id)
}

export function has(id: string): boolean {
  return known.has(id)
}
