/** Where the reader is: view, language, theme, and the settings of the simulator. All but the theme is in the URL. */

import { readSettings, writeSettings, type Settings } from '../lib/settings'
import { speak } from '../strings/index.svelte'

export type Theme = 'auto' | 'light' | 'dark'

const SHARED = new Set(
  'view lang tour scenario against until set chart weights draws seed period as_of'.split(' '),
)

class Page {
  view = $state('')
  lang = $state('en')
  /** The step of the guided tour, by its id; empty when nobody takes it. */
  tour = $state('')
  theme = $state<Theme>('auto')
  settings = $state<Settings>(readSettings(new URLSearchParams()))
  /** Query parameters that belong to the view shown, for example `chip` of the rules. */
  params = $state<Record<string, string>>({})
  /** Grows whenever settings were replaced from outside the levers: an address, undo, a preset. */
  turns = $state(0)

  constructor() {
    this.read()
    this.theme = remembered()
    this.dress()
    addEventListener('popstate', () => {
      const before = this.lang
      this.read()
      if (this.lang !== before) void speak(this.lang)
      this.turns++
    })
  }

  private read(): void {
    const query = new URLSearchParams(location.search)
    this.view = query.get('view') ?? ''
    this.lang = query.get('lang') ?? 'en'
    this.tour = query.get('tour') ?? ''
    this.settings = readSettings(query)
    this.params = Object.fromEntries([...query].filter(([key]) => !SHARED.has(key)))
  }

  /** The query of an address; everything that decides what is shown. */
  query(view = this.view, params: Record<string, string> = this.params, settings = this.settings): string {
    const query = new URLSearchParams()
    if (view) query.set('view', view)
    if (this.lang !== 'en') query.set('lang', this.lang)
    if (this.tour) query.set('tour', this.tour)
    for (const [key, value] of Object.entries(params)) if (value) query.set(key, value)
    return '?' + writeSettings(settings, query).toString()
  }

  /** The address of another view, for links. */
  href(view: string, params: Record<string, string> = {}): string {
    return this.query(view, params)
  }

  /** Show another view; a new entry in the browser's history. */
  go(view: string, params: Record<string, string> = {}): void {
    history.pushState(null, '', this.query(view, params))
    this.view = view
    this.params = params
    scrollTo(0, 0)
  }

  /** Change parameters of this view in place; an empty value removes one. */
  put(params: Record<string, string>): void {
    this.params = { ...this.params, ...params }
    this.write()
  }

  /** Bring the address up to the state. */
  write(): void {
    history.replaceState(null, '', this.query())
  }

  /** Begin the guided tour; its first step replaces this word. */
  startTour(): void {
    this.tour = 'start'
  }

  /** Show the state of an address, view and settings, as a step of the tour names it. */
  visit(query: string): void {
    const asked = new URLSearchParams(query)
    this.view = asked.get('view') ?? ''
    this.settings = readSettings(asked)
    this.params = Object.fromEntries([...asked].filter(([key]) => !SHARED.has(key)))
    this.write()
    this.turns++
    scrollTo(0, 0)
  }

  /** Take settings written as a query (undo, a tour step) in place of those shown. */
  restore(query: string): void {
    this.settings = readSettings(new URLSearchParams(query))
    this.write()
    this.turns++
  }

  async setLanguage(language: string): Promise<void> {
    this.lang = language
    this.write()
    await speak(language)
  }

  setTheme(theme: Theme): void {
    this.theme = theme
    try {
      localStorage.setItem('countervail-theme', theme)
    } catch {
      // A browser that keeps nothing still shows the theme until the page is closed.
    }
    this.dress()
  }

  private dress(): void {
    const root = document.documentElement
    if (this.theme === 'auto') delete root.dataset.theme
    else root.dataset.theme = this.theme
  }
}

function remembered(): Theme {
  try {
    const kept = localStorage.getItem('countervail-theme')
    return kept === 'light' || kept === 'dark' ? kept : 'auto'
  } catch {
    return 'auto'
  }
}

export const page = new Page()
