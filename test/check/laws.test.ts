import { describe, expect, test } from 'vitest'
import { proofs } from '../../src/check/guard-needs-evidence.ts'
import { compileLibrary } from '../../src/plan/compile.ts'
import { catalogue } from '../../src/ports/catalogue.ts'
import { compileBeside } from '../support/fixtures.ts'

const rulesOf = (...texts: readonly string[]): readonly string[] =>
  compileBeside(
    texts.map((text, i) => ({ path: `${/^id: (.*)$/m.exec(text)?.[1] ?? String(i)}.yaml`, text })),
  ).findings.map((f) => f.rule)

const runbook = (id: string, steps: string, category = 'operations'): string =>
  `kind: runbook\nid: ${id}\ntitle: X\ncategory: ${category}\nfrequency: { text: Daily }\ntrigger: { text: T }\nsteps:\n${steps}` +
  'verify:\n  - { id: seen, title: Seen, check: desk.trading, expect: result.holds == 0 }\n'

const leaf = (kind: string, steps: string): string =>
  'kind: tree\nid: x\ntitle: X\nsymptom: S\nstart: q1\nquestions:\n  q1: { ask: A?, yes: a, no: stop, unsure: stop }\nleaves:\n' +
  `  a: { kind: ${kind}, title: A, because: B, do: [${steps}] }\n` +
  '  stop: { kind: kill-switch, title: S, because: B, do: [{ run: killswitch }] }\n'

describe('leaf-kind-fits', () => {
  const note = '{ id: note, do: desk.note, with: { text: x } }'
  const probe = '{ id: probe, do: venue.probeOrder, with: { symbol: ABC } }'
  const halve = '{ id: halve, do: desk.throttle, with: { halve: true, reason: x } }'
  const vendor = '{ id: vendor, do: routing.setDataVendor, with: { vendor: b, ifCurrent: a } }'
  const stop = '{ run: killswitch }'
  test.each([
    ['kill-switch', `${note}, ${stop}`, false],
    ['kill-switch', `${stop}, ${probe}`, false],
    ['kill-switch', `{ run: killswitch, when: config.model == "x" }`, false],
    ['kill-switch', stop, true],
    ['rollback', note, false],
    ['rollback', `${vendor}, ${probe}`, true],
    ['throttle', note, false],
    ['throttle', `${halve}, ${probe}`, false],
    ['throttle', halve, true],
    ['investigate', probe, false],
    ['investigate', note, true],
    ['resume', note, false],
  ])('%s: %s', (kind, steps, isRight) => {
    const rules = rulesOf(leaf(kind, steps))
    if (isRight) expect(rules).toEqual([])
    else expect(rules).toContain('law/leaf-kind-fits')
  })

  test('a resume leaf only requests', () => {
    const release = '{ id: r, do: desk.requestRelease, with: { reason: x } }'
    expect(rulesOf(leaf('resume', `${release}, ${probe}`))).toContain('law/slow-return')
    expect(rulesOf(leaf('throttle', `${halve}, ${release}`))).toContain('law/leaf-kind-fits')
  })
})

describe('facts', () => {
  const question = (id: string, method: string, expectation: string, guards: string, yes: string): string =>
    `  ${id}:\n    ask: A?\n    who: person\n    needs: { answer: yes, check: ${method}, expect: '${expectation}', otherwise: no, guards: ${guards} }\n    yes: ${yes}\n    no: quiet\n`
  const reconciled = (yes: string): string =>
    question(
      'q1',
      'desk.evidence, with: { event: reconciliation.completed }',
      'result.passed && result.sinceHalt && result.ageMinutes.orValue(99.0) < 60.0',
      'reconciled',
      yes,
    )
  const cause = (id: string, yes: string): string =>
    question(
      id,
      'tickets.latestIncident',
      'result.ticket.hasValue() && result.ticket.value().rootCause.orValue("") != "" && result.ticket.value().fixVerifiedIn.orValue("") != "" && result.ticket.value().fixVerifiedIn.orValue("") != "production"',
      'cause-known',
      yes,
    )
  const limits = question('q3', 'risk.limits', 'result.softened == 0', 'limits-kept', 'go')
  const tree = (questions: string): string =>
    `kind: tree\nid: x\ntitle: X\nsymptom: S\nstart: q1\nquestions:\n${questions}leaves:\n` +
    '  go: { kind: resume, title: G, because: B, do: [{ id: r, do: desk.requestRelease, with: { reason: x } }] }\n' +
    '  quiet: { kind: investigate, title: Q, because: B }\n'

  test('an answer with its evidence establishes its fact on that way', () => {
    expect(rulesOf(tree(reconciled('q2') + cause('q2', 'q3') + limits))).toEqual([])
  })
  test('a way around a question is found', () => {
    const around = (reconciled('q2') + cause('q2', 'q3') + limits).replace('    no: quiet', '    no: q3')
    expect(rulesOf(tree(around))).toEqual([
      'check/unsure-tie',
      'law/cause-before-resume',
      'law/reconcile-before-loosening',
    ])
  })
  test('being unsure establishes nothing', () => {
    const unsure = (reconciled('q2') + cause('q2', 'q3') + limits).replace(
      '    no: quiet',
      '    unsure: q2\n    no: quiet',
    )
    expect(rulesOf(tree(unsure))).toEqual(['law/reconcile-before-loosening'])
  })
  test('the readings that guards are tried on are readings', () => {
    for (const [fact, proof] of Object.entries(proofs)) {
      const method = catalogue.get(proof.method)
      expect(method, fact).toBeDefined()
      for (const reading of [proof.good, ...proof.poor.map(([, poor]) => poor)])
        expect(method?.result.safeParse(reading).error, fact).toBeUndefined()
    }
  })
})

describe('acyclic', () => {
  test('a circle through two documents and what runs on failure', () => {
    const a = runbook('a', '  - { id: call, title: C, run: b }\n')
    const b = runbook(
      'b',
      '  - { id: look, title: L, check: desk.trading, expect: result.holds == 0, on_fail: { run: a } }\n',
    )
    expect(rulesOf(a, b)).toEqual(['law/acyclic'])
  })
})

describe('what was lost is not blamed on its readers', () => {
  test('a name saved by a step that could not be read', () => {
    const steps =
      '  - { id: first, title: F, check: desk.trading, expect: result.holds == 0, save: seen, wat: 1, do: x }\n' +
      '  - { id: second, title: S, check: desk.trading, expect: result.holds == seen.holds }\n'
    expect(rulesOf(runbook('x', steps))).toEqual(['parse/step-kind'])
  })
  test('a name saved from an unknown method', () => {
    const steps =
      '  - { id: first, title: F, check: desk.tradng, expect: result.holds == 0, save: seen }\n' +
      '  - { id: second, title: S, check: desk.trading, expect: result.holds == seen.holds }\n'
    expect(rulesOf(runbook('x', steps))).toEqual(['check/unknown-method'])
  })
  test('an input of a runbook with another fault', () => {
    const callee = runbook('b', '  - { id: look, title: L, check: desk.trading, expect: result.hods == 0 }\n')
    expect(rulesOf(runbook('a', '  - { id: call, title: C, run: b }\n'), callee)).toEqual(['expr/unknown-field'])
  })
})

test('a method without an adapter is an error where adapters are known', () => {
  const text = runbook('x', '  - { id: look, title: L, check: desk.trading, expect: result.holds == 0 }\n')
  const compiled = (has: readonly string[]) =>
    compileLibrary([{ path: 'x.yaml', text }], { catalogue, has: new Set(has) })
  expect(compiled(['desk.trading']).findings).toEqual([])
  expect(compiled(['desk.note']).findings.map((f) => f.rule)).toEqual(['check/served', 'check/served'])
})
