/** Quarters such as 2027Q1, and where they lie on a time axis measured in years. */

import type { Aggregate } from '../engine/types'

export function indexOf(quarter: string): number {
  const [year = '0', q = '1'] = quarter.split('Q')
  return Number(year) * 4 + Number(q) - 1
}

export function quarterAt(index: number): string {
  return `${Math.floor(index / 4)}Q${(index % 4) + 1}`
}

/** Return every quarter from one to another, and `also` where it lies outside. */
export function quartersFrom(first: string, last: string, also?: string): string[] {
  const found: string[] = []
  for (let i = indexOf(first); i <= indexOf(last); i++) found.push(quarterAt(i))
  if (also && !found.includes(also)) found.push(also)
  return found.sort()
}

/** Return the time of a figure: the end of its period for a stock, the middle for a flow. */
export function timeOf(period: string, aggregate: Aggregate): number {
  const [year = '0', q] = period.split('Q')
  const part = aggregate === 'end' ? 1 : 0.5
  return q ? Number(year) + (Number(q) - 1 + part) / 4 : Number(year) + part
}

/** Return the time of a date such as 2026-01-15. */
export function timeOfDay(day: string): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return year + (month - 1 + (date - 1) / 31) / 12
}
