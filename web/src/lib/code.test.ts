import { expect, it } from 'vitest'
import { command, python } from './code'

const run = {
  scenario: 'status-quo',
  draws: 1000,
  seed: 0,
  until: '2032Q4',
  set: ['us_export_fee=0.4@2027Q1', 'cn_import_gate=0.2@2027Q1'],
}

it('writes the command', () => {
  expect(command(run, '0.1.0')).toBe(
    '# countervail 0.1.0\ncountervail run status-quo --draws 1000 --seed 0 --until 2032Q4 \\\n' +
      '  --set us_export_fee=0.4@2027Q1 \\\n  --set cn_import_gate=0.2@2027Q1',
  )
  expect(command({ ...run, set: ['a=1 2'], as_of: '2025-12-31' }, '0.1.0')).toContain(
    "--as-of 2025-12-31 \\\n  --set 'a=1 2'",
  )
})

it('writes Python', () => {
  expect(python(run, '0.1.0')).toContain(
    'cv.run("status-quo", draws=1000, seed=0, until="2032Q4",\n    set=["us_export_fee=0.4@2027Q1", "cn_import_gate=0.2@2027Q1"])',
  )
})
