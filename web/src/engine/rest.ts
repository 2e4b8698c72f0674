/** The engine behind the REST API of `countervail serve`. The only place that calls fetch. */

import {
  EngineError,
  type Engine,
  type ExportKind,
  type Meta,
  type Observed,
  type Query,
  type RunRequest,
  type SeriesAnswer,
  type SeriesRequest,
  type WhyAnswer,
  type WhyRequest,
} from './types'

export class RestEngine implements Engine {
  /** Lets the server drop older questions of the same page. */
  private readonly client = Math.random().toString(36).slice(2)

  /** `root` is the folder the page is served from, so that it works under any path. */
  constructor(private readonly root = new URL('.', document.baseURI).pathname) {}

  async meta(lang: string): Promise<Meta> {
    if (lang === 'en') {
      const shipped = await this.file<Meta>('presets/index.json')
      if (shipped) return shipped
    }
    return this.get<Meta>('meta', { lang })
  }

  preset(scenario: string): Promise<SeriesAnswer | null> {
    return this.file<SeriesAnswer>(`presets/${encodeURIComponent(scenario)}.json`)
  }

  shipped<T>(name: string): Promise<T | null> {
    return this.file<T>(`presets/${encodeURIComponent(name)}`)
  }

  series(request: SeriesRequest, signal?: AbortSignal, stream = 'main'): Promise<SeriesAnswer> {
    const { outcomes, weights, lang, ...run } = request
    const query = { ...runQuery(run), outcome: outcomes, weights, lang }
    return this.ask<SeriesAnswer>('series', query, signal, stream)
  }

  async observed(): Promise<Observed[]> {
    return (await this.get<{ points: Observed[] }>('observed')).points
  }

  why(request: WhyRequest, lang: string, signal?: AbortSignal): Promise<WhyAnswer> {
    const { against, variable, region, period, ...run } = request
    return this.get<WhyAnswer>('why', { ...runQuery(run), against, variable, region, period, lang }, signal)
  }

  get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    return this.ask<T>(path, query, signal, path)
  }

  /** `stream`: of two questions on one stream the server may drop the older. */
  private async ask<T>(
    path: string,
    query: Query,
    signal: AbortSignal | undefined,
    stream: string,
  ): Promise<T> {
    let answer: Response
    try {
      answer = await fetch(this.url(path, query), {
        signal: signal ?? null,
        headers: { 'X-Countervail-Client': `${this.client}:${stream}` },
      })
    } catch (fault) {
      if (fault instanceof DOMException && fault.name === 'AbortError') throw fault
      throw new EngineError('offline')
    }
    if (!answer.ok) throw await problem(answer)
    return (await answer.json()) as T
  }

  exportUrl(kind: ExportKind, request: RunRequest, lang: string): string {
    return this.url(`export/${kind}`, { ...runQuery(request), lang: lang === 'en' ? undefined : lang })
  }

  private url(path: string, query: Query): string {
    const text = search(query)
    return `${this.root}api/v1/${path}${text ? '?' + text : ''}`
  }

  /** A shipped file, or null when it is not there. */
  private async file<T>(path: string): Promise<T | null> {
    try {
      const answer = await fetch(this.root + path)
      if (!answer.ok || !answer.headers.get('content-type')?.includes('json')) return null
      return (await answer.json()) as T
    } catch {
      return null
    }
  }
}

function runQuery(run: RunRequest): Query {
  const { scenario, draws, seed, until, set, as_of } = run
  return { scenario, draws, seed, until, set, as_of }
}

/** A query in a fixed order, so that equal requests have equal addresses. */
export function search(query: Query): string {
  const found = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || value === '') continue
    for (const item of Array.isArray(value) ? value : [value]) found.append(key, String(item))
  }
  return found.toString()
}

async function problem(answer: Response): Promise<EngineError> {
  try {
    const told = (await answer.json()) as { title?: string; detail?: string; hint?: string }
    return new EngineError(
      told.detail ?? told.title ?? `HTTP ${answer.status}`,
      told.hint ?? '',
      answer.status,
    )
  } catch {
    return new EngineError(`HTTP ${answer.status}`, '', answer.status)
  }
}
