import { describe, expect, test } from 'vitest'
import { proofs } from '../../src/check/proofs.ts'
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
  const limits = question('q3', 'risk.limits', 'size(result.limits) > 0 && result.softened == 0', 'limits-kept', 'go')
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
  const passed = 'result.found && result.passed && result.sinceHalt'
  const known = 'result.ticket.hasValue() && result.ticket.value().rootCause.orValue("") != ""'
  const verified = 'result.ticket.value().fixVerifiedIn.orValue("production")'
  test.each([
    ['reconciled', `${passed} && result.ageMinutes.orValue(99.0) < 60.0`, true],
    ['reconciled', `${passed} && result.ageMinutes.orValue(99.0) <= 30.5`, true],
    ['reconciled', `${passed} && result.ageMinutes.orValue(60.0) != 60.0`, false],
    ['reconciled', `${passed} && result.ageMinutes.orValue(60.0) <= 60.0`, false],
    ['reconciled', `${passed} && result.ageMinutes.orValue(1.0) < 60.0`, false],
    ['reconciled', `${passed} && !(result.ageMinutes.orValue(60.0) in [60.0, 61.0, 1440.0])`, false],
    [
      'reconciled',
      `${passed} && (result.ageMinutes.orValue(60.0) < 60.0 || (result.ageMinutes.orValue(0.0) > 7000.0 && result.ageMinutes.orValue(0.0) < 7001.0))`,
      false,
    ],
    ['reconciled', `${passed} && result.ageMinutes.orValue(60.0) * 0.5 < 30.0`, false],
    ['reconciled', `${passed} || (result.passed && result.ageMinutes.orValue(60.0) < 60.0)`, false],
    [
      'reconciled',
      `(${passed} && result.ageMinutes.orValue(60.0) < 60.0) || result.ageMinutes.orValue(0.0) == 77.25`,
      false,
    ],
    ['reconciled', `result.found ? result.found : ${passed}`, false],
    ['reconciled', '(result.found || result.passed) == result.found', false],
    [
      'reconciled',
      `${passed} && (result.ageMinutes.orValue(60.0) < 60.0 || result.at.orValue("") == "2026-03-01T00:00:00Z")`,
      false,
    ],
    ['cause-known', `${known} && ${verified} != "production" && ${verified} != ""`, true],
    ['cause-known', `${known} && ${verified} == "staging"`, true],
    ['cause-known', `${known} && ${verified} != "production"`, false],
    ['cause-known', `${known} && ${verified} != ""`, false],
    ['cause-known', `${known} && (${verified} == "staging" || result.ticket.value().title == "exempt")`, false],
    ['cause-known', `${known} && (${verified} == "staging" || size(result.ticket.value().id) == 40)`, false],
    ['limits-kept', 'size(result.limits) > 0 && result.softened == 0', true],
    ['limits-kept', 'size(result.limits) > 0 && result.softened < 1', true],
    ['limits-kept', 'size(result.limits) > 0 && result.limits.all(l, !l.softened) && result.softened == 0', true],
    ['limits-kept', 'result.softened == 0', false],
    ['limits-kept', 'size(result.limits) > 0 && result.softened != 1', false],
    ['limits-kept', 'size(result.limits) > 0 && !(result.softened in [1, 2, 3, 100])', false],
    ['limits-kept', 'size(result.limits) > 0 && (result.softened == 0 || result.softened == 4711)', false],
    ['limits-kept', 'size(result.limits) > 0 && result.limits.all(l, l.inForce == l.committed)', false],
    ['limits-kept', 'size(result.limits) > 0 && (result.softened == 0 || result.limits[0].name == "gross")', false],
  ] as const)('%s rests on %s: %s', (fact, expectation, isProof) => {
    const methods = {
      reconciled: 'check: desk.evidence, with: { event: reconciliation.completed }',
      'cause-known': 'check: tickets.latestIncident',
      'limits-kept': 'check: risk.limits',
    }
    const step = `  - { id: a, title: A, ${methods[fact]}, expect: '${expectation}', guards: ${fact} }\n`
    expect(rulesOf(runbook('x', step))).toEqual(isProof ? [] : ['law/guard-needs-evidence'])
  })
  test('the readings that guards are tried on are readings', () => {
    for (const [fact, proof] of Object.entries(proofs)) {
      const method = catalogue.get(proof.method)
      expect(method, fact).toBeDefined()
      for (const reading of [
        proof.good,
        ...proof.poor({ numbers: [7.5], texts: ['2026-01-05T16:00:00Z'] }).map(([, poor]) => poor),
      ])
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

describe('evidence-is-earned', () => {
  const law = 'law/evidence-is-earned'
  const reconciliation = (steps: string, verify = ''): readonly string[] => {
    const text = runbook('reconciliation', steps) + verify
    const file = {
      path: 'reconciliation.yaml',
      text: text.replace('steps:', 'records: reconciliation.completed\nsteps:'),
    }
    return compileLibrary([file], { catalogue }).findings.map((finding) => finding.rule)
  }
  const compare = (expectation: string, more = ''): string =>
    `  - { id: c, title: C, check: reconciliation.compare, expect: '${expectation}'${more} }\n`
  const look = '  - { id: look, title: L, check: desk.trading, expect: result.holds == 0 }\n'

  test('a reconciliation compares on every path, now, and passes only where nothing is left', () => {
    expect(reconciliation(compare('result.count == 0'))).toEqual([])
    expect(reconciliation(look, compare('result.count == 0'))).toEqual([])
    expect(reconciliation(look)).toEqual([law])
    expect(reconciliation(compare('result.count >= 0'))).toEqual([law])
    expect(reconciliation(compare('result.count < 100'))).toEqual([law])
    expect(reconciliation(compare('result.count == 0', ', when: config.model == "x"'))).toEqual([law])
    expect(reconciliation(compare('result.count == 0', ', on_fail: continue'))).toEqual([law])
    expect(reconciliation(compare('result.count == 0', ', with: { since: "2026-01-05T15:00:00Z" }'))).toEqual([law])
  })

  const tree = (id: string, leaf: string, kind: string): string =>
    `kind: tree\nid: ${id}\ntitle: X\nsymptom: S\nstart: q1\nquestions:\n  q1: { ask: A?, yes: ${leaf}, no: quiet, unsure: quiet }\n` +
    `leaves:\n  ${leaf}: { kind: ${kind}, title: A, because: B }\n  quiet: { kind: investigate, title: Q, because: B }\n`
  test.each([
    ['reconciliation', 'completed', [law]],
    ['post-incident', 'resume', [law]],
    ['limits', 'kept', [law]],
    ['limits', 'seen', []],
  ])('a tree cannot say it by what its leaves are called: %s.%s', (id, leaf, found) => {
    expect(rulesOf(tree(id, leaf, 'investigate'))).toEqual(found)
  })
})

describe('own-hold', () => {
  const lift = (rule: string): string => `  - { id: lift, title: L, do: desk.liftHold, with: { rule: ${rule} } }\n`
  test.each([
    ['x', []],
    ['gates/daily/D4', ['law/own-hold']],
    ['reconciliation', ['law/own-hold']],
    ["'${{ config.model }}'", ['law/own-hold']],
  ])('%s', (rule, found) => {
    expect(rulesOf(runbook('x', lift(rule)))).toEqual(found)
  })
})

describe('halt-always', () => {
  const ask = '  - { id: sure, title: S, attest: { role: risk, ask: Sure? } }\n'
  const stop = (more = ''): string => `  - { id: stop, title: S, run: killswitch${more} }\n`
  test.each([
    ['the call first', stop() + ask, []],
    ['a person first', ask + stop(), ['law/halt-always']],
    ['perhaps', stop(', when: config.model == "x"'), ['law/halt-always']],
    [
      'only where something fails',
      ask + '  - { id: n, title: N, do: desk.note, with: { text: x }, on_fail: { run: killswitch } }\n',
      [],
    ],
  ])('a halt may be a call: %s', (_, steps, found) => {
    expect(rulesOf(runbook('x', steps))).toEqual(found)
  })
})

test('written-down: a verification that may skip everything is none', () => {
  const text = runbook('x', '  - { id: n, title: N, do: desk.note, with: { text: x } }\n')
  expect(rulesOf(text)).toEqual([])
  expect(rulesOf(text.replace('check: desk.trading', 'when: config.model == "x", check: desk.trading'))).toEqual([
    'law/written-down',
  ])
})
