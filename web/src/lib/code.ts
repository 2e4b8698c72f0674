/** The same run as a command and as Python. */

import type { RunRequest } from '../engine/types'

export function command(run: RunRequest, version: string): string {
  const set = run.set.map((s) => ` \\\n  --set ${shell(s)}`).join('')
  const known = run.as_of ? ` --as-of ${run.as_of}` : ''
  return (
    `# countervail ${version}\n` +
    `countervail run ${shell(run.scenario)} --draws ${run.draws} --seed ${run.seed} --until ${run.until}${known}${set}`
  )
}

export function python(run: RunRequest, version: string): string {
  const set = run.set.length ? `,\n    set=[${run.set.map((s) => JSON.stringify(s)).join(', ')}]` : ''
  const known = run.as_of ? `, as_of="${run.as_of}"` : ''
  return (
    `import countervail as cv  # ${version}\n\n` +
    `result = cv.run(${JSON.stringify(run.scenario)}, draws=${run.draws}, seed=${run.seed}, ` +
    `until="${run.until}"${known}${set})\n` +
    `for row in result.summary():\n    print(row)`
  )
}

function shell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
