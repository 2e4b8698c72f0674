/** Titles of charts and the sentence that stands in for one. */

import type { OutcomeRow } from '../engine/types'
import { named, t } from '../strings/index.svelte'
import type { ChartSpec } from './charts'

export function regionName(region: string): string {
  return named(`region.${region}`, region)
}

/** Return the title of a chart; the region is left out where there is only one to choose. */
export function chartTitle(spec: ChartSpec, outcome: OutcomeRow | undefined): string {
  if (spec.kind === 'stack') return t('chart.pathways')
  const short = named(`title.${spec.id}`, '')
  if (short) return short
  const label = outcome?.label ?? spec.variable
  const only = outcome?.regions.length === 1 && spec.regions.length === 1
  if (only) return label
  return t('chart.title', { label, region: spec.regions.map(regionName).join(t('chart.and')) })
}

/** Return how a figure is taken over its period, in words: at the end of the year, per year. */
export function stepName(aggregate: string, period: 'year' | 'quarter'): string {
  return named(`step.${aggregate}.${period}`, '')
}
