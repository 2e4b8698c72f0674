/** The one engine of the page. Every view imports it from here. */

import { RestEngine } from './rest'
import type { Engine } from './types'

export const engine: Engine = new RestEngine()
export * from './types'
