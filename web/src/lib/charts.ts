/** What a chart shows, written as short text for the address: `Compute|Stock@US+CN~log`, `Pathways`. */

import type { OutcomeRow } from '../engine/types'

export interface ChartSpec {
  id: string // without the suffix
  kind: 'fan' | 'stack'
  variable: string
  regions: string[]
  log: boolean
}

/** Shown when the address names no chart. */
export const DEFAULT_CHARTS = [
  'Compute|Stock@US+CN~log',
  'Pathways',
  'Market|Domestic share@CN',
  'AI|Frontier lag@CN',
  'Chips|Revenue|NVIDIA@CN',
  'Ecosystem|Fragmentation@US to CN',
]

/** The four ways by which compute reaches China, and their sum. */
export const PATHWAYS = ['Legal imports', 'Domestic', 'Proxy fabrication', 'Smuggled']
const TOTAL = 'Compute|Inflow@CN'

/** What the sentences above the charts need. */
export const HEADLINE = [
  'Compute|Stock@CN',
  'Compute|Stock@US',
  'Compute|Stock ratio@US to CN',
  'Market|Domestic share@CN',
  'Chips|Revenue|NVIDIA@CN',
  'AI|Frontier lag@CN',
]

export function readChart(text: string): ChartSpec {
  const [id = '', ...flags] = text.split('~')
  const log = flags.includes('log')
  if (id === 'Pathways') return { id, kind: 'stack', variable: 'Compute|Inflow', regions: ['CN'], log: false }
  const at = id.lastIndexOf('@')
  const regions = at < 0 ? ['World'] : id.slice(at + 1).split('+')
  return { id, kind: 'fan', variable: at < 0 ? id : id.slice(0, at), regions, log }
}

export function writeChart(variable: string, regions: string[], log = false): string {
  return `${variable}@${regions.join('+')}${log ? '~log' : ''}`
}

/** The outcomes, VARIABLE@REGION, that a chart is drawn from. */
export function outcomesOf(chart: string): string[] {
  const { kind, variable, regions } = readChart(chart)
  if (kind === 'stack') return [TOTAL, ...PATHWAYS.map((name) => `${variable}|${name}@CN`)]
  return regions.map((region) => `${variable}@${region}`)
}

/** Whether every outcome of the chart exists. */
export function known(chart: string, outcomes: OutcomeRow[]): boolean {
  return outcomesOf(chart).every((key) => {
    const at = key.lastIndexOf('@')
    const row = outcomes.find((o) => o.variable === key.slice(0, at))
    return row !== undefined && row.regions.includes(key.slice(at + 1))
  })
}
