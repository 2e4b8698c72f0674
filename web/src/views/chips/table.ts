/** Chips filtered and sorted as the address says. */

import type { Chip } from '../types'

export interface Wanted {
  q: string
  country: string
  status: string
  market: string
  sort: string // a column; with a minus: largest first
}

export function readWanted(params: Record<string, string>): Wanted {
  const { q = '', country = '', status = '', market = '', sort = '-release_quarter' } = params
  return { q, country, status, market, sort: sort || '-release_quarter' }
}

export function filtered(chips: Chip[], wanted: Wanted): Chip[] {
  const words = wanted.q.toLowerCase().split(/\s+/).filter(Boolean)
  return chips.filter((chip) => {
    const text =
      `${chip.id} ${chip.name} ${chip.designer} ${chip.vendor} ${chip.aliases.join(' ')}`.toLowerCase()
    return (
      words.every((word) => text.includes(word)) &&
      (!wanted.country || chip.designer_country === wanted.country) &&
      (!wanted.status || chip.status === wanted.status) &&
      (!wanted.market || chip.for_market === wanted.market)
    )
  })
}

/** Sort by a column; rows without a value come last whichever way. */
export function sorted<T extends object>(rows: T[], sort: string): T[] {
  const down = sort.startsWith('-')
  const column = (down ? sort.slice(1) : sort) as keyof T
  return [...rows].sort((a, b) => {
    const [x, y] = [a[column] as unknown, b[column] as unknown]
    const [noX, noY] = [x === undefined || x === null, y === undefined || y === null]
    if (noX || noY) return Number(noX) - Number(noY)
    const order = typeof x === 'number' && typeof y === 'number' ? x - y : String(x).localeCompare(String(y))
    return down ? -order : order
  })
}

/** The sort after a click on a column: numbers start with the largest. */
export function turned(sort: string, column: string, numeric: boolean): string {
  if (sort === column) return `-${column}`
  if (sort === `-${column}`) return column
  return numeric ? `-${column}` : column
}

export const MOST = 4

/** Take a part into the comparison, or out of it. */
export function toggled(ids: string[], id: string): string[] {
  return ids.includes(id) ? ids.filter((x) => x !== id) : [...ids, id].slice(-MOST)
}
