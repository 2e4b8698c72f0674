/** Answers of the API that the views show; see /api/v1/docs. */

export interface Test {
  test: string
  value: unknown
  op: string
  threshold: unknown
  passed: boolean | null
  margin: number | null
  measure: string
  clause: string
  source: string
}

export interface Condition {
  fact: string
  text: string
  met: boolean | null
  measure: string
  clause: string
}

export interface Flip {
  kind: 'chip' | 'party' | 'date'
  field: string
  from: unknown
  to: unknown
  outcome: string
  measure: string
  clause: string
  relative_change: number | null
  days: number | null
}

export interface ImportSide {
  outcome: string
  measure: string | null
  clause: string
  conditions: Condition[]
  trace: Test[]
  notes: string[]
}

export interface Judged {
  outcome: string
  measure: string | null
  clause: string
  classification: string
  conditions: Condition[]
  fee: null | { rate: number; kind: string; base?: string; payer?: string; measure?: string }
  cap: null | { share?: number; chips?: number; of?: string; scope?: string; measure?: string }
  trace: Test[]
  flips: Flip[]
  import: ImportSide | null
  missing: string[]
  notes: string[]
}

export interface Span {
  from: string
  to: string
  outcome: string
  measure: string | null
  clause: string
}

export interface BandAnswer {
  chip: string | null
  name: string
  export: Span[]
  import: Span[]
}

export type Bounds = Partial<Record<string, [number | null, number | null]>>

export interface Zone {
  measure: string
  name: string
  clause: string
  text: string
  lines: { label: string; op: string; value: number; unit: string }[]
  bounds: Bounds
  source: string
  confidence: string
  kind: 'licence' | 'duty' | 'proposal'
  outcome: string
  spans: [number, number][]
}

export interface RulesMap {
  days: string[]
  words: string[]
  chips: Record<string, number[]>
  zones: Zone[]
}

export interface Options {
  countries: [string, string][]
  end_users: string[]
  parties: string[]
  compiled: string
}

export interface Chip {
  id: string
  name: string
  designer: string
  vendor: string
  designer_country: string
  status: string
  for_market: string
  announced?: string
  release_quarter?: string
  process_node?: string
  memory_type?: string
  foundry?: string
  aliases: string[]
  sources?: string[]
  confidence: string
  known_since: string
  from_memory?: string[]
  ranges?: Record<string, { low: number; high: number; note?: string }>
  notes?: string
  [column: string]: unknown
}

export interface ChipFigures {
  figures: { column: string; unit: string }[]
  chips: Chip[]
}

export interface Row {
  id: string
  sources?: string[]
  confidence?: string
  known_since?: string
  from_memory?: boolean | string[]
  [field: string]: unknown
}

export interface Measure extends Row {
  actor: 'US' | 'CN'
  name: string
  citation?: string
  announced: string
  effective?: string
  ended?: string
  status?: string
  summary?: string
  mechanisms?: string[]
  proposal?: boolean
  suspensions?: { from: string; through?: string; by?: string }[]
}

export interface Move extends Row {
  date: string
  side: string
  action: string
  target: string
  text: string
}

export interface Claim {
  id: string
  text: string
  verdict: string
  then: string
  confidence: string | null
  figures: {
    what: string
    name: string
    quantity: string
    value: unknown
    unit: string
    date: string
    sources: string[]
    confidence: string
    note: string
  }[]
  sources: { id: string; url: string }[]
  off_by: null | { value: number; unit: string; relative: number | null }
  assertions: { kind: string; verdict: string; reason: string }[]
}

export interface Source {
  id: string
  title: string
  publisher?: string
  url?: string | null
  date?: string
  seen?: string
  grade?: string
  note?: string
  licence?: string
  rests?: number
}

export interface Index {
  measures: Measure[]
  events: Move[]
  alliances: (Row & {
    name: string
    kind: string
    members?: string[]
    aim?: string
    started?: string
    notes?: string
  })[]
  standards: (Row & { name: string; kind: string; owner?: string; layer?: string; notes?: string })[]
  claims: Claim[]
  written: string
  sources: Source[]
}

export interface RestsOn {
  source: Source
  rests_on: { kind: string; id: string; name: string; detail: string; confidence: string }[]
}

export type Five = Record<'p5' | 'p25' | 'p50' | 'p75' | 'p95', number>

export interface Belief {
  id: string
  mechanism: string
  label: string
  unit: string
  dist: string
  min: number | null
  max: number | null
  prior: Five
  posterior: Five | null
  contraction: number | null
  shift: number | null
  basis: string
  confidence: string
  favours: string
  known_since: string
  from_memory: boolean
  sources: string[]
  note: string
  density?: { x: number[]; prior: number[]; posterior: number[] | null }
}

export interface Pair {
  a: string
  b: string
  correlation: number
}

export interface Beliefs {
  parameters: Belief[]
  confounded: Pair[]
  fit: null | { made: string; observations: number; evaluations: number; rows: number }
}

export interface MechanismRow {
  id: string
  title: string
  sentence: string
  parameters: number
  moved_by_history: number
  outcomes: number
}

export interface Mechanism {
  id: string
  title: string
  sentence: string
  blocks: ({ kind: 'text'; text: string } | { kind: 'equation'; text: string; mathml: string })[]
  file: string
  functions: { signature: string; text: string }[]
  parameters: Belief[]
  background: { id: string; label: string; unit: string; note: string; sources: string[]; basis: string }[]
  confounded: Pair[]
  sources: Source[]
  outcomes: { variable: string; label: string; regions: string[] }[]
}

export interface Hindcast {
  cutoff: string
  parameters: string
  overall: Score & { china: Score; one_point_series: number }
  series: (Score & {
    series_id: string
    actor: string
    averaged: boolean
    twin: string
    naive: string | null
  })[]
  points: ({ series_id: string; actor: string; period: string; observed: number } & Five)[]
}

export interface Score {
  series?: number
  n: number
  coverage50: number | null
  coverage90: number | null
  skill: number | null
}

export interface MeasurePage {
  id: string
  name: string
  evidence:
    | (Measure & {
        issuing_body?: string
        published?: string
        binds?: string[]
        later?: { known_since: string; what: string }[]
      })
    | null
  rule: null | {
    name: string
    actor: string
    citation: string
    announced: string
    effective: string | null
    ended: string | null
    proposal: boolean
    confidence: string
    from_memory: boolean
    clauses: { id: string; cite: string; text: string }[]
    lines: {
      label: string
      op: string
      unit: string
      source: string
      name: string
      values: { from: string; value: number | string }[]
    }[]
    sources: string[]
  }
  levers: { id: string; label: string }[]
}

export interface SeriesPage {
  series: string
  actor: string
  rows: (Row & {
    period: string
    actor: string
    value: number
    low?: number
    high?: number
    unit: string
    basis?: string
    source: string
    forecast?: boolean
    notes?: string
  })[]
}
