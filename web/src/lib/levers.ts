/** Positions of a slider: a lever with a long, skewed range moves in finer steps near its lower end. */

import type { LeverRow } from '../engine/types'

const MANY = 150 // steps from which a lever is spread by a cubic
const PLACES = 120

/** Return the values a slider can stand on, from min to max, each a whole number of steps. */
export function stopsOf(lever: LeverRow): number[] {
  const { min, max, step } = lever
  const count = Math.round((max - min) / step)
  const at = (n: number) => tidy(n >= count ? max : min + n * step)
  if (count < MANY) return Array.from({ length: count + 1 }, (_, n) => at(n))
  const found = new Set<number>()
  for (let i = 0; i <= PLACES; i++) found.add(Math.round(count * (i / PLACES) ** 3))
  return [...found].sort((a, b) => a - b).map(at)
}

/** Return the index of the stop nearest to a value. */
export function nearest(stops: number[], value: number): number {
  let best = 0
  for (let i = 1; i < stops.length; i++)
    if (Math.abs(stops[i]! - value) < Math.abs(stops[best]! - value)) best = i
  return best
}

/** Return where a value lies on the track, 0 to 1, between stops too. */
export function placeOf(stops: number[], value: number): number {
  const last = stops.length - 1
  if (value <= stops[0]!) return 0
  if (value >= stops[last]!) return 1
  const next = stops.findIndex((stop) => stop >= value)
  const low = stops[next - 1]!
  const high = stops[next]!
  return (next - 1 + (value - low) / (high - low)) / last
}

/** Take the noise of binary fractions out of 0.30000000000000004. */
function tidy(value: number): number {
  return Number(value.toPrecision(10))
}
