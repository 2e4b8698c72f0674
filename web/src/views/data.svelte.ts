/** What a view asks of the engine. Answers are kept for as long as the page is open: they change with no lever. */

import { engine, EngineError, type Query } from '../engine'
import { page } from '../state/page.svelte'

const kept = new Map<string, Promise<unknown>>()

function held<T>(path: string, query: Query): Promise<T> {
  const key = path + JSON.stringify(query)
  let found = kept.get(key) as Promise<T> | undefined
  if (!found) {
    found = engine.get<T>(path, query)
    kept.set(key, found)
    found.catch(() => kept.delete(key)) // ask again another time
    if (kept.size > 120) kept.delete(kept.keys().next().value!)
  }
  return found
}

/** One question after another; the answer to the latest is shown, the one before it until then. */
export class Ask<T> {
  value = $state.raw<T | null>(null)
  fault = $state.raw<EngineError | null>(null)
  busy = $state(false)
  private asked = ''

  /** Ask unless this was the last question. */
  get(path: string, query: Query = {}): void {
    const full = { ...query, lang: page.lang === 'en' ? undefined : page.lang }
    const key = path + JSON.stringify(full)
    if (key === this.asked) return
    this.asked = key
    this.busy = true
    held<T>(path, full).then(
      (value) => this.take(key, value, null),
      (fault) => this.take(key, null, fault instanceof EngineError ? fault : new EngineError(String(fault))),
    )
  }

  again(): void {
    this.asked = ''
  }

  private take(key: string, value: T | null, fault: EngineError | null): void {
    if (key !== this.asked) return
    this.busy = false
    this.fault = fault
    if (fault) this.asked = ''
    else this.value = value
  }
}
