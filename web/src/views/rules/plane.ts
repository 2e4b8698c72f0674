/** What the plane of the rules draws: chips as points, zones as boxes, both for one day. */

import type { Bounds, Chip, RulesMap, Zone } from '../types'

export type Axis = 'performance_density' | 'memory_bandwidth_gb_s'

export const X_SPAN: [number, number] = [100, 300000]
export const Y_SPANS: Record<Axis, [number, number]> = {
  performance_density: [0.2, 60],
  memory_bandwidth_gb_s: [80, 25000],
}

/** Index of the stretch that holds a day. */
export function stretchOf(days: string[], on: string): number {
  let found = 0
  days.forEach((day, i) => {
    if (day <= on) found = i
  })
  return found
}

/** The day before which, or from which, something changes next. */
export function nextChange(days: string[], on: string, step: 1 | -1): string | null {
  const others = step > 0 ? days.filter((day) => day > on) : days.filter((day) => day < on)
  return (step > 0 ? others[0] : others.at(-1)) ?? null
}

export interface Dot {
  chip: Chip
  x: number
  y: number
  outcome: string
  known: boolean // announced by the day
}

export function dotsOf(chips: Chip[], map: RulesMap, on: string, axis: Axis): Dot[] {
  const stretch = stretchOf(map.days, on)
  return chips.flatMap((chip) => {
    const x = chip['tpp']
    const y = chip[axis]
    const codes = map.chips[chip.id]
    if (typeof x !== 'number' || typeof y !== 'number' || x <= 0 || y <= 0 || !codes) return []
    const since = chip.announced ?? chip.known_since
    return [{ chip, x, y, outcome: map.words[codes[stretch] ?? 0] ?? 'undetermined', known: since <= on }]
  })
}

export interface Box {
  zone: Zone
  x: [number, number]
  y: [number, number]
  open: { left: boolean; right: boolean; top: boolean; bottom: boolean }
}

/** The zones in force on a day that show in a plane, as boxes cut at its edges. */
export function boxesOf(map: RulesMap, on: string, axis: Axis): Box[] {
  const stretch = stretchOf(map.days, on)
  return map.zones
    .filter((zone) => zone.spans.some(([from, to]) => from <= stretch && stretch <= to))
    .filter((zone) => shows(zone.bounds, axis))
    .map((zone) => {
      const [left, right] = cut(zone.bounds['tpp'], X_SPAN)
      const [low, high] = cut(zone.bounds[axis], Y_SPANS[axis])
      return {
        zone,
        x: [left.at, right.at],
        y: [low.at, high.at],
        open: { left: left.open, right: right.open, bottom: low.open, top: high.open },
      }
    })
}

function shows(bounds: Bounds, axis: Axis): boolean {
  return bounds['tpp'] !== undefined || bounds[axis] !== undefined
}

function cut(bound: [number | null, number | null] | undefined, span: [number, number]) {
  const [least, below] = bound ?? [null, null]
  return [
    { at: least === null ? span[0] : Math.max(least, span[0]), open: least === null },
    { at: below === null ? span[1] : Math.min(below, span[1]), open: below === null },
  ] as const
}

/** Where the letters of boxes stand: inside a corner of each, moved down where another letter is. */
export function badgesOf(corners: { x: number; y: number }[], apart = 20): { x: number; y: number }[] {
  const placed: { x: number; y: number }[] = []
  for (const corner of corners) {
    const at = { ...corner }
    while (placed.some((p) => Math.abs(p.x - at.x) < apart && Math.abs(p.y - at.y) < apart)) at.y += apart
    placed.push(at)
  }
  return placed
}
