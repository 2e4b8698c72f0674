/** How an outcome answers to one parameter: the model is asked at five values of it, everything else as on the page. */

import { QUANTILES, type Engine, type Numbers, type RunRequest } from '../../engine/types'
import type { Five } from '../types'

export const DRAWS = 256

export interface Answer {
  value: number
  p5: number
  p50: number
  p95: number
}

/** The values asked for: those a share of draws lies below, without repeats. */
export function valuesOf(five: Five): number[] {
  const names = QUANTILES
  return [...new Set(names.map((name) => five[name]))]
}

export function requestsOf(run: RunRequest, id: string, values: number[], outcome: string) {
  const others = run.set.filter((text) => !text.startsWith(`${id}=`))
  return values.map((value) => ({
    ...run,
    draws: DRAWS,
    set: [...others, `${id}=${value}`],
    outcomes: [outcome],
  }))
}

export function lastOf(numbers: Numbers): Omit<Answer, 'value'> {
  return { p5: numbers.p5.at(-1) ?? NaN, p50: numbers.p50.at(-1) ?? NaN, p95: numbers.p95.at(-1) ?? NaN }
}

/** Ask one after the other: the server takes a newer question of a page for a replacement of an older one. */
export async function responseOf(
  engine: Pick<Engine, 'series'>,
  run: RunRequest,
  id: string,
  values: number[],
  outcome: string,
  signal: AbortSignal,
): Promise<{ answers: Answer[]; unit: string }> {
  const answers: Answer[] = []
  let unit = ''
  for (const [i, request] of requestsOf(run, id, values, outcome).entries()) {
    const answer = await engine.series(request, signal)
    const series = answer.series[0]
    if (!series) continue
    unit = series.unit
    answers.push({ value: values[i]!, ...lastOf(series.annual) })
  }
  return { answers, unit }
}
