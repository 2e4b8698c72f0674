/** The views of the page, in the order of the navigation. All but the home are loaded when they are opened. */

import type { Component } from 'svelte'
import Simulator from '../simulator/Simulator.svelte'
import type { Key } from '../strings/index.svelte'
import { announce } from './links'

export interface View {
  id: string // `view` in the address; the home has none
  label: Key
  load: () => Promise<{ default: Component }>
}

// To add a view: one line here, its component beside this file, its words in strings/en.json.
export const VIEWS: View[] = [
  { id: '', label: 'nav.simulator', load: async () => ({ default: Simulator }) },
  { id: 'rules', label: 'nav.rules', load: () => import('./rules/Rules.svelte') },
  { id: 'chips', label: 'nav.chips', load: () => import('./chips/Chips.svelte') },
  { id: 'evidence', label: 'nav.evidence', load: () => import('./evidence/Evidence.svelte') },
  { id: 'model', label: 'nav.model', load: () => import('./model/Model.svelte') },
]

announce(VIEWS.map((view) => view.id))

/** Return the view of an address; an unknown one is the home. */
export function viewOf(id: string): View {
  return VIEWS.find((view) => view.id === id) ?? VIEWS[0]!
}
