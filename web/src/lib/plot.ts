/** From the numbers of runs to what a chart draws: fans, layers, points, and the span of its axes. */

import { QUANTILES, type Aggregate, type Numbers, type Observed, type Series } from '../engine/types'
import type { ChartSpec } from './charts'
import type { Period } from './settings'
import { timeOf } from './quarters'

/** One outcome of one run over time. */
export interface Fan {
  key: string // VARIABLE@REGION
  region: string
  second: boolean // belongs to the scenario compared with
  periods: string[] // 2027, or 2027Q1
  times: number[]
  numbers: Numbers
}

export interface Point {
  time: number
  value: number
  low: number
  high: number
  seen: Observed
}

export function fanOf(series: Series, quarters: string[], period: Period, second: boolean): Fan {
  const yearly = period === 'year'
  const periods = yearly ? series.annual.years.map(String) : quarters
  return {
    key: `${series.variable}@${series.region}`,
    region: series.region,
    second,
    periods,
    times: periods.map((p) => timeOf(p, series.period)),
    numbers: yearly ? series.annual : series,
  }
}

/** Observed points of an outcome that fit the steps shown: a year's sum does not lie among quarters. */
export function pointsOf(
  seen: Observed[],
  variable: string,
  region: string,
  aggregate: Aggregate,
  period: Period,
): Point[] {
  const fits = (p: Observed) => aggregate === 'end' || p.period.includes('Q') === (period === 'quarter')
  return seen
    .filter((p) => p.variable === variable && p.region === region && fits(p))
    .map((p) => ({
      time: timeOf(p.period, aggregate),
      value: p.value,
      low: p.low ?? p.value,
      high: p.high ?? p.value,
      seen: p,
    }))
}

/** Lowest and highest value to show. A linear axis starts at zero unless something is negative. */
export function spanOf(fans: Fan[], points: Point[], log: boolean, meanOnly = false): [number, number] {
  const values: number[] = []
  for (const fan of fans) {
    if (meanOnly) values.push(...fan.numbers.mean)
    else for (const q of QUANTILES) values.push(...fan.numbers[q])
  }
  for (const p of points) values.push(p.value, p.low, p.high)
  const finite = values.filter(Number.isFinite)
  if (!finite.length) return log ? [1, 10] : [0, 1]
  const high = Math.max(...finite)
  if (log) {
    const positive = finite.filter((v) => v > 0)
    const low = Math.max(Math.min(...positive), high / 1e5)
    return positive.length ? [low, Math.max(high, low * 2)] : [1, 10]
  }
  const low = Math.min(0, ...finite)
  return high > low ? [low, high] : [low, low + 1]
}

/** Values of each layer piled on those below it. */
export function pile(layers: number[][]): { low: number[]; high: number[] }[] {
  const base = layers[0]?.map(() => 0) ?? []
  return layers.map((layer) => {
    const low = [...base]
    layer.forEach((v, i) => (base[i]! += Math.max(v, 0)))
    return { low, high: [...base] }
  })
}

/** Index of the time nearest to a moment. */
export function nearestTime(times: number[], moment: number): number {
  let best = 0
  times.forEach((time, i) => {
    if (Math.abs(time - moment) < Math.abs(times[best]! - moment)) best = i
  })
  return best
}

/** Colour of a fan as a variable of the style sheet. */
export function colourOf(fan: { region: string; second: boolean }, spec: ChartSpec): string {
  if (spec.regions.length > 1) {
    const own: Record<string, string> = { US: 'var(--us)', CN: 'var(--cn)', AL: 'var(--p3)', RW: 'var(--p2)' }
    return own[fan.region] ?? 'var(--ink)'
  }
  return fan.second ? 'var(--other)' : 'var(--mine)'
}

/** Round ticks of a logarithmic axis: powers of ten, with 2 and 5 between them where there is room. */
export function logTicks(low: number, high: number, most = 7): number[] {
  const first = Math.floor(Math.log10(low) + 1e-9)
  const last = Math.ceil(Math.log10(high) - 1e-9)
  const decades = Math.log10(high / low)
  const marks = decades <= 1.6 ? [1, 2, 5] : decades <= 3.2 ? [1, 3] : [1]
  const ticks: number[] = []
  for (let e = first; e <= last; e++)
    for (const mark of marks) {
      const tick = mark * 10 ** e
      if (tick >= low * 0.999 && tick <= high * 1.001) ticks.push(Number(tick.toPrecision(3)))
    }
  const every = Math.ceil(ticks.length / most)
  return ticks.filter((_, i) => i % every === 0)
}
