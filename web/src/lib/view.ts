/** Everything one chart draws, put together from the runs shown. */

import type { Aggregate, Observed } from '../engine/types'
import type { Shown } from '../state/runs.svelte'
import { outcomesOf, type ChartSpec } from './charts'
import { fanOf, pointsOf, spanOf, type Fan, type Point } from './plot'
import type { Period } from './settings'

export interface ChartView {
  fans: Fan[] // for a stack: the total first, then its parts
  second: Fan[]
  points: Point[]
  span: [number, number]
  unit: string
  aggregate: Aggregate
  times: number[]
  periods: string[]
}

export function viewOf(
  spec: ChartSpec,
  main: Shown,
  base: Shown | null,
  seen: Observed[],
  period: Period,
  meanOnly: boolean,
): ChartView | null {
  const pick = (shown: Shown, second: boolean) =>
    outcomesOf(spec.id)
      .map((key) => shown.series[key])
      .filter((s) => s !== undefined)
      .map((s) => fanOf(s, shown.quarters, period, second))
  const fans = pick(main, false)
  const first = fans[0]
  const series = first && main.series[first.key]
  if (!first || !series || fans.length < outcomesOf(spec.id).length) return null
  const second = base ? pick(base, true) : []
  const stack = spec.kind === 'stack'
  const points = stack
    ? []
    : spec.regions.flatMap((region) => pointsOf(seen, spec.variable, region, series.period, period))
  const start = first.times[0]!
  const inside = points.filter((p) => p.time >= start - 0.01 && p.time <= first.times.at(-1)! + 0.01)
  const span: [number, number] = stack
    ? [0, Math.max(...first.numbers.p95, ...first.numbers.mean, ...(second[0]?.numbers.mean ?? [0]))]
    : spanOf([...fans, ...second], inside, spec.log, meanOnly)
  return {
    fans,
    second: stack ? second.slice(0, 1) : second,
    points: inside,
    span,
    unit: series.unit,
    aggregate: series.period,
    times: first.times,
    periods: first.periods,
  }
}
