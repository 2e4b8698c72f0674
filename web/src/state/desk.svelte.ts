/** What the reader does at the simulator. Each act changes the settings, the address and the numbers, and can be undone. */

import { Undo } from '../lib/undo'
import { FROM, writeSettings, type Setting, type Settings } from '../lib/settings'
import { page } from './page.svelte'
import { runs } from './runs.svelte'

class Desk {
  private undo = new Undo(writeSettings(page.settings).toString())
  private writing = 0
  private held = false // a lever was moved and not yet let go
  canUndo = $state(false)
  canRedo = $state(false)

  setting(id: string): Setting | undefined {
    return page.settings.set.findLast((s) => s.id === id)
  }

  /** While a lever moves: draw at once with few draws. */
  move(id: string, value: number): void {
    const before = this.setting(id)
    const from = id.includes('.')
      ? {}
      : { from: before?.from ?? FROM, ...(before?.to ? { to: before.to } : {}) }
    this.held = true
    this.put({ id, value, ...from })
    this.soon()
    void runs.preview()
  }

  /** A lever was let go; also where it stands as before, which browsers do not call a change. */
  release(): void {
    if (this.held) this.settled()
  }

  /** Change settings as one step. */
  change(part: Partial<Settings>): void {
    page.settings = { ...page.settings, ...part }
    this.settled()
  }

  set(setting: Setting): void {
    this.put(setting)
    this.settled()
  }

  reset(id: string): void {
    this.change({ set: page.settings.set.filter((s) => s.id !== id) })
  }

  resetAll(): void {
    this.change({ set: [] })
  }

  back(): void {
    this.restore(this.undo.back())
  }

  forth(): void {
    this.restore(this.undo.forth())
  }

  /** Settings came from outside (an address, a link): note them and run. */
  arrived(): void {
    this.undo.note(writeSettings(page.settings).toString())
    this.tell()
    void runs.refresh()
  }

  private put(setting: Setting): void {
    const others = page.settings.set.filter((s) => s.id !== setting.id)
    page.settings = { ...page.settings, set: [...others, setting] }
  }

  private settled(): void {
    this.held = false
    this.undo.note(writeSettings(page.settings).toString())
    this.tell()
    page.write()
    void runs.refresh()
  }

  private restore(query: string | null): void {
    if (query === null) return
    page.restore(query)
    this.tell()
    void runs.refresh()
  }

  private tell(): void {
    this.canUndo = this.undo.canBack
    this.canRedo = this.undo.canForth
  }

  /** Browsers limit how often an address may change, so while a lever moves it follows a few times a second. */
  private soon(): void {
    if (this.writing) return
    this.writing = window.setTimeout(() => {
      this.writing = 0
      page.write()
    }, 300)
  }
}

export const desk = new Desk()
