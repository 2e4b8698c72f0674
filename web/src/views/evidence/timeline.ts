/** Moves and measures of both sides on one time axis, piled so that none hides another. */

import { timeOfDay } from '../../lib/quarters'
import type { Index } from '../types'

export interface Mark {
  key: string
  kind: 'measure' | 'event'
  id: string
  date: string
  time: number
  side: 'US' | 'CN' | 'other'
  text: string
  about: string // action or mechanism
  proposal: boolean
}

/** Allies that control tools side with the United States here; companies and joint acts stand apart. */
export function sideOf(side: string): Mark['side'] {
  if (side === 'CN') return 'CN'
  return ['US', 'NL', 'JP', 'US+NL+JP'].includes(side) ? 'US' : 'other'
}

export function marksOf(index: Index): Mark[] {
  const measures = index.measures.map((m) => ({
    key: `measure:${m.id}`,
    kind: 'measure' as const,
    id: m.id,
    date: m.announced,
    time: timeOfDay(m.announced),
    side: sideOf(m.actor),
    text: m.name,
    about: m.mechanisms?.[0] ?? '',
    proposal: m.proposal === true,
  }))
  const events = index.events.map((e) => ({
    key: `event:${e.id}`,
    kind: 'event' as const,
    id: e.id,
    date: e.date,
    time: timeOfDay(e.date),
    side: sideOf(e.side),
    text: e.text,
    about: e.action,
    proposal: false,
  }))
  return [...measures, ...events].sort((a, b) => a.time - b.time || a.key.localeCompare(b.key))
}

/** How many steps from the axis each mark stands, so that marks of a side keep `apart` pixels from each other. */
export function piled(xs: { x: number; side: string }[], apart: number): number[] {
  const last: Record<string, number[]> = {}
  return xs.map(({ x, side }) => {
    const rows = (last[side] ??= [])
    let row = rows.findIndex((end) => x - end >= apart)
    if (row < 0) row = rows.length
    rows[row] = x
    return row
  })
}

export function matches(text: string, query: string): boolean {
  const lower = text.toLowerCase()
  return query
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .every((word) => lower.includes(word))
}
