import { describe, expect, it } from 'vitest'
import { argument, expectation, lines, runbook, runbooks, stepNamed } from './shipped.ts'

describe('runbooks', () => {
  it('are in the category that the source gives them', () => {
    expect(Object.fromEntries(runbooks.map((r) => [r.id.value, r.category]))).toMatchObject({
      'api-credentials': 'broker',
      killswitch: 'incident',
      'model-rollback': 'rollback',
      reconciliation: 'incident',
      'rolling-deploy': 'deploy',
    })
  })
  it('are written down: trigger, steps, verify and a cadence', () => {
    for (const { id, trigger, steps, verify, frequency } of runbooks) {
      expect(trigger, id.value).toBeTruthy()
      expect(frequency?.text, id.value).toBeTruthy()
      expect(steps.length, id.value).toBeGreaterThan(0)
      expect(verify.length, id.value).toBeGreaterThan(0)
    }
  })
  it('run on paper without any input', () => {
    for (const { id, inputs } of runbooks)
      for (const input of inputs.filter((i) => i.required))
        expect(input.paper, `${id.value}.${input.name}`).toBeDefined()
  })
})

describe('killswitch', () => {
  const { steps, verify, inputs, frequency } = runbook('killswitch')

  it('halts, cancels, keeps a snapshot, opens a channel and asks for a commander, in this order', () => {
    expect(lines(steps)).toEqual([
      'halt: do desk.halt',
      'cancel: do venues.cancelAllOrders',
      'snapshot: do desk.snapshot',
      'channel: do notify.openChannel',
      'commander: do notify.page',
      'known: check tickets.latestIncident',
      'incident: do tickets.open',
    ])
    expect(argument(steps, 'snapshot', 'minutes')).toBe('10')
    expect(argument(steps, 'commander', 'role')).toBe('commander')
  })
  it('waits for nobody and goes on when a step fails', () => {
    expect(inputs.some((input) => input.required)).toBe(false)
    for (const id of ['halt', 'cancel', 'snapshot', 'channel', 'commander'])
      expect(stepNamed(steps, id), id).toMatchObject({ kind: 'do', when: undefined, onFail: { kind: 'continue' } })
  })
  it('verifies 60 seconds without a new order, and nothing left at any venue', () => {
    expect(lines(verify)).toEqual([
      'halted: check desk.trading',
      'no-new-orders: check orders.newSince',
      'cancel-late: do venues.cancelAllOrders',
      'no-open-orders: check venues.countOpenOrders',
    ])
    expect(expectation(verify, 'no-new-orders')).toBe('result.count == 0')
    expect(stepNamed(verify, 'no-new-orders')).toMatchObject({
      for: { value: { unit: 'ms', n: 60_000 } },
      every: { value: 5_000 },
    })
    expect(expectation(verify, 'no-open-orders')).toBe(
      'size(result.venues) > 0 && size(result.venues) == size(config.venues) && result.venues.all(v, v.open == 0 && v.pendingCancel == 0 && v.unknown == 0)',
    )
    expect(stepNamed(verify, 'no-open-orders')).toMatchObject({ within: { value: 60_000 }, every: { value: 5_000 } })
  })
  it('is drilled once a quarter', () => {
    expect(frequency?.practise).toBe('quarter')
  })
})

describe('flatten', () => {
  it('closes positions only where nothing can open new ones, and proves that every venue is flat', () => {
    const { steps, verify } = runbook('flatten')
    expect(lines(steps)).toEqual([
      'halted: check desk.trading',
      'close: do venues.closeAllPositions',
      'tell: do notify.page',
    ])
    expect(expectation(verify, 'flat')).toMatch(
      /^size\(result\.venues\) > 0 && size\(result\.venues\) == size\(config\.venues\) && /,
    )
  })
})

describe('reconciliation', () => {
  const { steps, verify, records } = runbook('reconciliation')

  it('reads broker truth, compares, has the classes confirmed, and adjusts, in this order', () => {
    expect(lines(steps)).toEqual([
      'freeze: do desk.hold',
      'broker-truth: check reconciliation.brokerTruth',
      'baseline: check book.source',
      'compare: check reconciliation.compare',
      'classify: attest oncall',
      'adjust: do reconciliation.adjust',
      'archive: do storage.put',
      'proof: check reconciliation.compare',
      'unfreeze: do desk.liftHold',
    ])
  })
  it('asks a person only about differences, and adjusts always, so that the book comes from the broker', () => {
    expect(stepNamed(steps, 'classify').when?.text).toBe('found.count > 0')
    expect(stepNamed(steps, 'adjust').when).toBeUndefined()
  })
  it('lifts its own hold, and only after no difference is left', () => {
    expect(argument(steps, 'unfreeze', 'rule')).toBe(argument(steps, 'freeze', 'rule'))
    expect(expectation(steps, 'proof')).toBe('result.count == 0')
    expect(steps.every((step) => step.onFail.kind === 'stop')).toBe(true)
  })
  it('agrees to the share and leaves one source of truth on record', () => {
    expect(lines(verify)).toEqual(['to-the-share: check reconciliation.compare', 'single-source: check book.source'])
    expect(expectation(verify, 'to-the-share')).toBe('result.count == 0')
    expect(expectation(verify, 'single-source')).toBe('result.source == "broker"')
    expect(records?.value).toBe('reconciliation.completed')
  })
})

describe('model-rollback', () => {
  const { steps, verify } = runbook('model-rollback')

  it('flips, confirms the hash, restarts, checks 100 predictions and tells on-call', () => {
    expect(lines(steps)).toEqual([
      'pinned: check registry.verifyVersion',
      'flip: do registry.setAlias',
      'confirm: check registry.verifyVersion',
      'restart: do inference.restartAll',
      'sanity: check inference.predictions',
      'tell: do notify.post',
    ])
    expect(expectation(steps, 'sanity')).toBe(
      'result.count == 100 && result.nan == 0 && result.maxAbsZ <= 3.0 && result.modelHash == prior.hash',
    )
    expect(argument(steps, 'tell', 'text')).toMatch(/inputs\.reason.*inputs\.incident/)
  })
  it('ends with the hash on every host and the first session back inside the band', () => {
    expect(lines(verify)).toEqual(['healthz: check inference.healthz', 'band: check metrics.pnlBand'])
    expect(expectation(verify, 'healthz')).toMatch(/^size\(result\.hosts\) == config\.hosts\.inference && /)
    expect(stepNamed(verify, 'band')).toMatchObject({
      after: { value: { kind: 'after', duration: { unit: 'sessions', n: 1 } } },
    })
  })
})

describe('rolling-deploy', () => {
  const { steps, verify, locks } = runbook('rolling-deploy')
  const order = lines(steps)
  const sessions = (n: number) => `wait {"kind":"after","duration":{"unit":"sessions","n":${String(n)}}}`

  it('tags, shadows, compares, takes 25 % and then everything, in this order', () => {
    expect(order).toEqual([
      'gates-passed: check registry.attestations',
      'calm: check desk.trading',
      'candidate: check registry.verifyVersion',
      'live: check registry.getVersionByAlias',
      'tag-model: do registry.setTag',
      'tag-features: do registry.setTag',
      'shadow: do inference.startShadow',
      `shadow-days: ${sessions(3)}`,
      'compare: check inference.shadowLog',
      'committee: approve model-committee quarter full',
      'still-calm: check desk.trading',
      'unmoved: check registry.getVersionByAlias',
      'quarter: do inference.setAllocation',
      `quarter-days: ${sessions(5)}`,
      'no-exit: check metrics.bandExits',
      'next-session: wait {"kind":"next","at":"open","offsetMs":0}',
      'calm-at-open: check desk.trading',
      'prior: check registry.getVersionByAlias',
      'keep-way-back: do registry.setAlias',
      'release: do registry.setAlias',
      'restart: do inference.restartAll',
      'serving: check inference.healthz',
      'full: do inference.setAllocation',
    ])
    expect([argument(steps, 'quarter', 'share'), argument(steps, 'full', 'share')]).toEqual(['0.25', '1'])
  })
  it('begins only with 15 gates, the committee, a review label, full size and no open incident', () => {
    expect(expectation(steps, 'gates-passed')).toBe(
      'result.gatesPassed == 15 && result.committeeApproved && result.label != "none"',
    )
    const calm = 'result.state == "ACTIVE" && result.sizeMultiplier == 1.0 && result.openIncidents.orValue(1) == 0'
    for (const id of ['calm', 'still-calm', 'calm-at-open']) expect(expectation(steps, id)).toBe(calm)
  })
  it('lets predictions diverge 1.2x at most, and no session of the five leave the band', () => {
    const divergence = 'result.sessions >= 3 && result.maxDivergence <= 1.2'
    expect(expectation(steps, 'compare')).toBe(divergence)
    expect(expectation(verify, 'divergence')).toBe(divergence)
    expect(argument(steps, 'no-exit', 'sessions')).toBe('5')
    expect(expectation(steps, 'no-exit')).toBe('result.measured == 5 && result.exits == 0')
    const compared = stepNamed(steps, 'compare')
    expect(compared.kind === 'check' ? compared.record.map((r) => r.text) : []).toEqual(
      expect.arrayContaining(
        ['pnl', 'sharpe', 'turnover'].flatMap((measure) => [`result.shadow.${measure}`, `result.live.${measure}`]),
      ),
    )
  })
  it('ends with the tagged hash live on every host', () => {
    expect(expectation(verify, 'tagged-release')).toBe(
      'result.version == inputs.version && result.hash == candidate.hash',
    )
    expect(expectation(verify, 'live-hash')).toContain('h.modelHash == candidate.hash')
    expect(locks.map((lock) => lock.text)).toEqual(['model:${{ inputs.model }}'])
  })
})
