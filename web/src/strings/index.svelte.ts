/** The words of the page. `en.json` is the one catalogue; a language is a second file with the same keys. */

import en from './en.json'

export type Key = keyof typeof en
export type Values = Record<string, string | number>
type Catalogue = Record<string, string>

export const LANGUAGES: Record<string, string> = { en: 'English', 'zh-Hans': '简体中文' }
const others = import.meta.glob<{ default: Catalogue }>('./zh-*.json')

let words = $state.raw<Catalogue>(en)
let spoken = $state('en')

/** Load a language and use it from now on; one that is not there leaves English. */
export async function speak(language: string): Promise<void> {
  const load = others[`./${language}.json`]
  words = load ? { ...en, ...(await load()).default } : en
  spoken = load ? language : 'en'
  document.documentElement.lang = spoken
}

/** Return the languages that have a catalogue. */
export function languages(): string[] {
  return ['en', ...Object.keys(others).map((path) => path.slice(2, -5))]
}

/** Return the language in use, as Intl takes it. */
export function locale(): string {
  return spoken
}

/** Return a text with its values filled in. */
export function t(key: Key, values?: Values): string {
  return fill(words[key] ?? key, values)
}

/** Return a text whose key is made at run time, or the fallback when there is none. */
export function named(key: string, otherwise: string, values?: Values): string {
  return fill(words[key] ?? otherwise, values)
}

function fill(text: string, values?: Values): string {
  return values ? text.replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all)) : text
}
