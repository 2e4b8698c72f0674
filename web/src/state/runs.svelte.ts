/** The numbers shown: asked from the engine when settings change, merged into what is there. */

import {
  engine,
  EngineError,
  type Leadership,
  type LeverRow,
  type Meta,
  type Observed,
  type OutcomeRow,
  type RunRequest,
  type Series,
  type SeriesAnswer,
} from '../engine'
import { Latest } from '../engine/latest'
import { DEFAULT_CHARTS, HEADLINE, known, outcomesOf } from '../lib/charts'
import { START, writeSetting, writeWeights } from '../lib/settings'
import { page } from './page.svelte'

export const PREVIEW_DRAWS = 256
const LAW = 'status-quo' // the measures in force, taken as they stand
const TODAY = '2026Q4'

/** Several answers of one run, put together by outcome. */
export interface Shown {
  scenario: string
  title: string
  quarters: string[]
  series: Record<string, Series> // by VARIABLE@REGION
  leadership: Leadership
  levers: Record<string, (number | null)[]>
  events: SeriesAnswer['events']
  extrapolatedFrom: string
  draws: number
}

export type Status = 'starting' | 'ready' | 'running' | 'fault'

class Runs {
  meta = $state.raw<Meta | null>(null)
  observed = $state.raw<Observed[]>([])
  main = $state.raw<Shown | null>(null)
  base = $state.raw<Shown | null>(null)
  /** What was last shown with all draws: for words and tables, which need not follow a moving lever. */
  settled = $state.raw<Shown | null>(null)
  /** Answers drawn so far. */
  answers = $state(0)
  status = $state<Status>('starting')
  fault = $state.raw<EngineError | null>(null)
  /** The charts on screen; while a lever moves only these are asked for. */
  readonly visible = new Set<string>()
  readonly queue = new Latest()
  private readonly whole = new Map<string, Promise<Shown>>()
  private mainKey = ''
  private baseKey = ''
  private metaLanguage = ''
  private started: Promise<void> | null = null
  /** Paths of levers by year, of the scenario as written and of the law as written. */
  private paths = $state.raw<Record<string, { years: number[]; levers: Shown['levers'] }>>({})

  get outcomes(): OutcomeRow[] {
    return this.meta?.outcomes ?? []
  }

  outcome(variable: string): OutcomeRow | undefined {
    return this.outcomes.find((row) => row.variable === variable)
  }

  lever(id: string): LeverRow | undefined {
    return this.meta?.levers.find((row) => row.id === id)
  }

  /** The value of a lever in a quarter in the scenario as written; null where no number says it. */
  written(id: string, quarter: string): number | null {
    return this.path(page.settings.scenario, id, quarter)
  }

  /** The value of a lever under the law as it stands; null where no number says it. */
  law(lever: LeverRow): number | null {
    return this.path(LAW, lever.id, TODAY)
  }

  private path(scenario: string, id: string, quarter: string): number | null {
    const kept = this.paths[scenario]
    const year = Number(quarter.slice(0, 4))
    const value = kept?.levers[id]?.[kept.years.indexOf(year)]
    const usual = this.lever(id)?.default
    return value ?? (typeof usual === 'number' ? usual : null)
  }

  /** Load the paths of levers that a scenario and the law name, from shipped answers or one draw. */
  private async loadPaths(): Promise<void> {
    for (const scenario of new Set([page.settings.scenario, LAW])) {
      if (scenario in this.paths) continue
      const request: RunRequest = {
        scenario,
        set: [],
        until: START.until,
        draws: START.draws,
        seed: START.seed,
      }
      if (await this.shipped(request)) continue
      const one = { ...request, draws: 1, outcomes: HEADLINE.slice(0, 1) }
      await engine.series(one, undefined, 'paths').then(
        (answer) => this.keepPaths(scenario, shownOf(answer)),
        () => undefined, // levers then show no number where the rules decide
      )
    }
  }

  private keepPaths(scenario: string, shown: Shown): void {
    if (scenario in this.paths) return
    const { leadership, levers } = shown
    this.paths = { ...this.paths, [scenario]: { years: leadership.years, levers } }
  }

  scenarioTitle(id: string): string {
    return this.meta?.scenarios.find((row) => row.id === id)?.title ?? id
  }

  /** The charts the reader chose, or the usual ones; those that do not exist are left out. */
  get charts(): string[] {
    const chosen = page.settings.charts.length ? page.settings.charts : DEFAULT_CHARTS
    return this.meta ? chosen.filter((chart) => known(chart, this.outcomes)) : []
  }

  /** What the second scenario is: null, or its id. Without a choice it is the scenario before its levers moved. */
  get againstId(): string | null {
    const { against, scenario, set } = page.settings
    if (against === 'none') return null
    if (against && against !== scenario) return against
    return set.length ? scenario : null
  }

  request(): RunRequest {
    const { scenario, draws, seed, until, set, as_of } = page.settings
    return { scenario, draws, seed, until, set: set.map(writeSetting), ...(as_of ? { as_of } : {}) }
  }

  /** Load what every view is drawn from. */
  start(): Promise<void> {
    return (this.started ??= this.describe())
  }

  /** After a fault: from the beginning where nothing was loaded. */
  retry(): Promise<void> {
    if (!this.meta) this.started = null
    return this.show()
  }

  /** Show the first charts, from a shipped answer where there is one. */
  async show(): Promise<void> {
    await this.start()
    if (!this.meta) return
    if (!this.observed.length)
      void engine.observed().then(
        (points) => (this.observed = points),
        () => undefined, // the charts stand without their points; the run tells when the engine is away
      )
    await this.refresh()
  }

  /** Load the words of scenarios, levers and outcomes in the reader's language. */
  async describe(): Promise<void> {
    if (this.metaLanguage === page.lang) return
    try {
      this.meta = await engine.meta(page.lang)
      this.metaLanguage = page.lang
    } catch (fault) {
      this.fail(fault)
    }
  }

  /** The reader chose another language: names come anew, those of measures with a run. */
  async translate(language: string): Promise<void> {
    if (!this.meta || this.metaLanguage === language) return
    await this.describe()
    if (this.main) await this.refresh()
  }

  /** Run with all draws for every chart, the second scenario too. */
  async refresh(): Promise<void> {
    void this.refreshBase()
    const request = this.request()
    const shipped = await this.shipped(request)
    if (shipped && this.covers(shipped)) {
      if (this.mainKey !== keyOf(request)) this.draw(shipped, keyOf(request), false)
      const done = shipped.leadership.composite && !writeWeights(page.settings.weights)
      if (done && page.lang === 'en') {
        // The shipped names of measures are English.
        this.queue.drop() // an answer to older settings must not come after this one
        this.status = 'ready'
        void this.loadPaths()
        return
      }
    }
    await this.ask(request, this.wanted(), true)
    void this.loadPaths()
  }

  /** Run with few draws for what is on screen, while a lever moves. */
  async preview(): Promise<void> {
    void this.refreshBase()
    const outcomes = [...this.visible].flatMap((chart) =>
      chart === 'Headline' ? HEADLINE : outcomesOf(chart),
    )
    const draws = Math.min(PREVIEW_DRAWS, page.settings.draws)
    await this.ask({ ...this.request(), draws }, [...new Set(outcomes)], false)
  }

  private wanted(): string[] {
    return [...new Set([...this.charts.flatMap(outcomesOf), ...HEADLINE])]
  }

  private covers(shown: Shown): boolean {
    return this.wanted().every((outcome) => outcome in shown.series)
  }

  private async ask(request: RunRequest, outcomes: string[], abort: boolean): Promise<void> {
    this.status = 'running'
    try {
      const weights = writeWeights(page.settings.weights) || this.equalWeights()
      const answer = await this.queue.ask(
        (signal) => engine.series({ ...request, outcomes, weights, ...language() }, signal),
        abort,
      )
      if (answer) this.draw(shownOf(answer), keyOf(request), true)
    } catch (fault) {
      if (fault instanceof EngineError && fault.status === 409) return // a newer question took its place
      this.fail(fault)
    } finally {
      if (!this.queue.busy && this.status === 'running') this.status = 'ready'
    }
  }

  private equalWeights(): string {
    return (this.meta?.dimensions ?? []).map((name) => `${name}:1`).join(',')
  }

  private draw(shown: Shown, key: string, merge: boolean): void {
    const kept =
      merge && this.main && this.main.quarters.length === shown.quarters.length ? this.main.series : {}
    this.main = { ...shown, series: { ...kept, ...shown.series } }
    if (shown.draws >= page.settings.draws) this.settled = this.main
    this.answers++
    this.mainKey = key
    if (!page.settings.set.length) this.keepPaths(shown.scenario, shown)
    this.fault = null
    if (!this.queue.busy) this.status = 'ready'
  }

  private fail(fault: unknown): void {
    this.fault = fault instanceof EngineError ? fault : new EngineError(String(fault))
    this.status = 'fault'
  }

  private async refreshBase(): Promise<void> {
    const id = this.againstId
    if (!id) {
      this.base = null
      this.baseKey = ''
      return
    }
    const request: RunRequest = { ...this.request(), scenario: id, set: [] }
    const outcomes = this.wanted()
    const key = keyOf(request) + outcomes.join(';')
    if (key === this.baseKey) return
    this.baseKey = key
    try {
      const shown = await this.scenario(request, outcomes, key)
      if (this.baseKey === key) this.base = shown
    } catch (fault) {
      this.baseKey = ''
      this.fail(fault)
    }
  }

  /** A scenario as written, kept so that going back to it costs nothing. */
  private async scenario(request: RunRequest, outcomes: string[], key: string): Promise<Shown> {
    const shipped = await this.shipped(request)
    if (shipped && this.covers(shipped)) return shipped
    let found = this.whole.get(key)
    if (!found) {
      const weights = this.equalWeights()
      found = engine.series({ ...request, outcomes, weights }, undefined, 'compared').then(shownOf)
      this.whole.set(key, found)
      found.catch(() => this.whole.delete(key))
    }
    return found
  }

  private async shipped(request: RunRequest): Promise<Shown | null> {
    const { scenario, draws, seed, until, set, as_of } = request
    const usual = draws === START.draws && seed === START.seed && until === START.until
    if (!usual || set.length || as_of) return null
    const key = `preset ${scenario}`
    let found = this.whole.get(key)
    if (!found) {
      found = engine.preset(scenario).then((answer) => {
        if (!answer) throw new EngineError('no preset')
        const shown = shownOf(answer)
        this.keepPaths(scenario, shown)
        return shown
      })
      this.whole.set(key, found)
    }
    return found.catch(() => null)
  }
}

/** The language of an answer, where it is not the usual one. */
function language(): { lang?: string } {
  return page.lang === 'en' ? {} : { lang: page.lang }
}

function keyOf(request: RunRequest): string {
  return JSON.stringify(request)
}

function shownOf(answer: SeriesAnswer): Shown {
  return {
    scenario: answer.scenario,
    title: answer.title,
    quarters: answer.quarters,
    series: Object.fromEntries(answer.series.map((s) => [`${s.variable}@${s.region}`, s])),
    leadership: answer.leadership,
    levers: answer.levers,
    events: answer.events,
    extrapolatedFrom: answer.extrapolated_from,
    draws: answer.draws,
  }
}

export const runs = new Runs()
