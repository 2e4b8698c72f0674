/** What the page asks of an engine and what it gets. The page holds no equation of the model. */

export type Side = 'US' | 'CN' | 'world'
export type Aggregate = 'sum' | 'end' | 'mean'
export const QUANTILES = ['p5', 'p25', 'p50', 'p75', 'p95'] as const
export type Quantile = (typeof QUANTILES)[number]

export interface LeverRow {
  id: string
  label: string
  side: Side
  group: string
  unit: string
  min: number
  max: number
  default: number | 'rules'
  step: number
  description: string
  current: string
  sources: string[]
}

export interface ScenarioRow {
  id: string
  title: string
  description?: string
  summary?: string
  base: string | null
  steps?: { lever: string; value: number | 'rules'; span: string }[]
}

export interface OutcomeRow {
  variable: string
  label: string
  description?: string
  unit: string
  period: string
  regions: string[]
  headline?: boolean
  mechanisms: string[]
  kind?: string
  share_of_draws?: boolean
}

export interface Meta {
  version: string
  model: { fingerprint: string; posterior: string }
  horizon: { first: string; last: string; default: string }
  limits: { draws: number }
  scenarios: ScenarioRow[]
  levers: LeverRow[]
  outcomes: OutcomeRow[]
  default_charts: { variable: string; regions: string[] }[]
  dimensions: string[]
  languages: string[]
}

/** Everything that decides a run. Two equal requests give the same numbers. */
export interface RunRequest {
  scenario: string
  draws: number
  seed: number
  until: string
  set: string[]
  as_of?: string
}

export interface SeriesRequest extends RunRequest {
  outcomes: string[] // VARIABLE@REGION
  weights?: string // compute:1,economy:1,...
  lang?: string // of the names of measures and scenarios
}

export type Numbers = Record<Quantile | 'mean', number[]>

export interface Series extends Numbers {
  variable: string
  region: string
  unit: string
  period: Aggregate
  annual: Numbers & { years: number[] }
}

export interface Shares {
  US: number[]
  CN: number[]
  Parity: number[]
}

export interface Leadership {
  years: number[]
  dimensions: Record<string, Shares>
  composite:
    | null
    | (Shares & { weights: Record<string, number>; simplex?: { US: number; CN: number; Parity: number } })
}

export interface PolicyEvent {
  date: string
  quarter: string
  actor: string
  id: string
  label: string
  kind?: 'begins' | 'ends' | 'suspended' | 'resumes' | 'set'
}

export interface SeriesAnswer {
  scenario: string
  title: string
  version: string
  draws: number
  seed: number
  until: string
  as_of: string | null
  quarters: string[]
  series: Series[]
  leadership: Leadership
  levers: Record<string, (number | null)[]>
  events: PolicyEvent[]
  extrapolated_from: string
  elapsed_ms: number
}

export interface Observed {
  variable: string
  region: string
  period: string // 2025 or 2025Q2
  value: number
  low: number | null
  high: number | null
  unit: string
  series_id: string
  source: string
  url: string | null
  confidence: string
}

export interface WhyRequest extends RunRequest {
  against?: string
  variable: string
  region: string
  period: string
}

export type Range = Partial<Record<Quantile | 'mean' | 'share_up', number>>

export interface WhyAnswer {
  variable: string
  region: string
  period: string
  unit: string
  base: Range
  value: Range
  change: Range
  levers: { id: string; label: string; side: string; from: unknown; to: unknown; contribution: Range }[]
  pathways: { id?: string; label?: string; name?: string; change?: Range; contribution?: Range }[]
  mechanisms: { mechanism: string; title: string; effect: Range; settings?: unknown }[]
  parameters: { id: string; label: string; correlation: number; basis: string; sources: string[] }[]
  method: string
  draws: number
  elapsed_ms?: number
}

export type ExportKind = 'report' | 'scenario' | 'csv' | 'xlsx'

/** A fault with a sentence for the reader and, where there is one, a hint. */
export class EngineError extends Error {
  constructor(
    message: string,
    readonly hint = '',
    readonly status = 0,
  ) {
    super(message)
  }
}

/** Where numbers come from. Today the REST API; an engine inside the page can take its place. */
export interface Engine {
  meta(lang: string): Promise<Meta>
  /** The answer shipped for a scenario, or null when there is none. */
  preset(scenario: string): Promise<SeriesAnswer | null>
  /** Of two questions on the same `stream` the older may be dropped. */
  /** Another file shipped beside the presets, for example `tour.json`; null when it is not there. */
  shipped<T>(name: string): Promise<T | null>
  series(request: SeriesRequest, signal?: AbortSignal, stream?: string): Promise<SeriesAnswer>
  observed(): Promise<Observed[]>
  why(request: WhyRequest, lang: string, signal?: AbortSignal): Promise<WhyAnswer>
  /** Any other list or check of the API, for example `get('chips')` or `get('rules/check', {chip: 'h200'})`. */
  get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T>
  /** Address of a file made from a run. */
  exportUrl(kind: ExportKind, request: RunRequest, lang: string): string
}

export type Query = Record<string, string | number | string[] | undefined>
