/** Who has said something to a run of a live desk. Whatever is not proved to the last word counts for nothing, and is on record. */
import { describe, expect, it } from 'vitest'
import { readRun } from '../../../src/audit/segment-read.ts'
import { provingFor } from '../../../src/cli/walking/proving.ts'
import { peopleFor } from '../../../src/cli/walking/report.ts'
import { engage } from '../../../src/killswitch/engage.ts'
import type { Graph, QuestionNode } from '../../../src/model/graph.ts'
import type { Need } from '../../../src/model/journal.ts'
import { compileLibrary } from '../../../src/plan/compile.ts'
import { catalogue } from '../../../src/ports/catalogue.ts'
import type { GivenAnswer } from '../../../src/walk/headless.ts'
import type { Ask, Reply } from '../../../src/walk/ports.ts'
import type { State } from '../../../src/walk/state.ts'
import { at, livePeople, lost, question, run, waitingFor, type LivePeople, type Over } from './live-people.ts'

const text = `kind: tree
id: asked
title: Something is asked
symptom: Nobody knows
start: q1
questions:
  q1:
    ask: Is it so?
    who: person
    yes: fine
    no: fine
    unsure: fine
leaves:
  fine:
    kind: investigate
    title: It is known
    because: Somebody said so
    do:
      - id: note
        do: desk.note
        with: { text: It is known }
`
const graph: Graph | undefined = compileLibrary([{ path: 'trees/asked.yaml', text }], { catalogue }).graphs.get(
  'tree/asked',
)
const node = (id: string): QuestionNode => {
  const found = graph?.nodes.get(id)
  if (found?.kind !== 'question') throw new Error('no question')
  return found
}
const asking = (need: Need = question(), state: State = waitingFor([need])): Ask => ({
  ...{ run, graph: 'tree/asked', need, state, kind: 'answer', node: node('q1'), text: 'Is it so?' },
  ...{ look: [], canGoBack: true },
})
const replyOf = ({ answer, by }: GivenAnswer): Reply => ({ kind: 'answer', answer, by })
/** What becomes of an answer that was signed beforehand. */
const prove = ({ session, context }: LivePeople, given: GivenAnswer, ask = asking(), reply = replyOf(given)) =>
  provingFor(run, undefined, session, context).prove(ask, reply, given)

describe('what was signed beforehand', () => {
  it('counts for what was asked, of whoever signed it, and is on record with words and signature', async () => {
    const people = livePeople()
    const given = people.signed('risk', 'no')
    const reply = await prove(people, given)
    expect(reply).toMatchObject({ kind: 'answer', answer: 'no', by: { id: 'risk', via: 'key' } })
    const note = 'by' in reply ? (reply.by.signed ?? '') : ''
    expect(readRun(people.session.desk.stateDir, note).entries[0]).toMatchObject({
      event: 'decision.signed',
      data: { signature: given.signed?.signature, by: { id: 'risk', via: 'key' } },
    })
    expect(people.refused()).toEqual([])
  })

  const cases: readonly (readonly [string, Over, string])[] = [
    ['another answer', { answer: 'yes' }, 'bad-signature'],
    ['a reason that was not given', { reason: 'because' }, 'bad-signature'],
    ['another run', { run: 'run-01m7xcdr30rsz82ttbzfhfpn7q' }, 'void'],
    ['another question', { need: question(1, 'q2') }, 'bad-signature'],
    ['another visit, after somebody went back', { need: question(2) }, 'bad-signature'],
    [
      'the same place, asked for something else',
      { need: { ...question(), kind: 'attest', role: 'risk' } },
      'bad-signature',
    ],
    ['other words of the question', { need: { ...question(), title: 'Is it not so?' } }, 'bad-signature'],
    ['another desk', { desk: 'bonds' }, 'bad-signature'],
    ['another host', { host: 'desk-2' }, 'bad-signature'],
    ['another halt or grant', { epoch: 'release-01m7xcdr30rsz82ttbzfhfpn7p' }, 'void'],
    ['another purpose', { namespace: 'file' }, 'wrong-namespace'],
  ]
  it.each(cases)('for %s counts for nothing here', async (_, over, code) => {
    const people = livePeople()
    expect(await prove(people, people.signed('risk', 'no', over))).toEqual({ kind: 'park' })
    expect(people.refused()).toEqual([code])
  })

  it('is void for words that were put around the signature afterwards', async () => {
    const people = livePeople()
    const given = people.signed('risk', 'no')
    const { signed } = given
    if (signed === undefined) throw new Error('it is signed')
    const others: readonly (readonly [GivenAnswer, string])[] = [
      [{ ...given, answer: 'yes' }, 'bad-signature'],
      [{ ...given, by: { id: 'oncall', via: 'answers-file' } }, 'unknown-signer'],
      [{ ...given, signed: { ...signed, until: at(60) } }, 'bad-signature'],
      [{ ...given, signed: { ...signed, when: at(-1) } }, 'bad-signature'],
      [{ ...given, signed: { ...signed, signature: people.key.oncall.sign('no') } }, 'bad-signature'],
      [{ ...given, signed: { ...signed, signature: '' } }, 'bad-signature'],
    ]
    for (const [other] of others) expect(await prove(people, other)).toEqual({ kind: 'park' })
    expect(people.refused()).toEqual(others.map(([, code]) => code))
  })

  it('counts from the moment it is of until the moment it ends, and not a moment longer', async () => {
    const people = livePeople()
    const given = people.signed('risk', 'no')
    people.minutes(-1)
    expect(await prove(people, given)).toEqual({ kind: 'park' })
    people.minutes(10)
    expect(await prove(people, given)).toEqual({ kind: 'park' })
    expect(people.refused()).toEqual(['too-early', 'expired'])
    people.minutes(9.99)
    expect(await prove(people, given)).toMatchObject({ kind: 'answer' })
  })

  it('counts for nothing once the desk was halted', async () => {
    const people = livePeople()
    const given = people.signed('risk', 'no')
    const { name, stateDir } = people.session.desk
    engage(
      { profile: 'live', name, stateDir },
      { scope: { kind: 'all' }, id: 'halt-01m7xcdr30rsz82ttbzfhfpn7p', note: '' },
    )
    expect(await prove(people, given)).toEqual({ kind: 'park' })
    expect(people.refused()).toEqual(['void'])
  })

  it('of a key that speaks for nobody here, or no longer, counts for nothing', async () => {
    const people = livePeople()
    const { key, allow } = people
    expect(await prove(people, people.signed('visitor', 'no'))).toEqual({ kind: 'park' })
    expect(await prove(people, people.signed('stranger', 'no'))).toEqual({ kind: 'park' })
    const given = people.signed('risk', 'no')
    const lines = [
      `risk@desk valid-before="20261120Z" ${key.risk.line}`,
      `risk@desk valid-after="20261121Z" ${key.risk.line}`,
      `risk@desk namespaces="file" ${key.risk.line}`,
      `*@desk ${key.risk.line}`,
      `risk@desk,oncall@desk ${key.risk.line}`,
      '',
    ]
    for (const line of lines) {
      allow([line])
      expect(await prove(people, given), line).toEqual({ kind: 'park' })
    }
    expect(people.refused()).toEqual([
      ...['unknown-signer', 'unknown-signer', 'expired-signer', 'expired-signer', 'wrong-namespace'],
      ...['unknown-signer', 'unknown-signer', 'unknown-signer'],
    ])
    allow([`risk@desk valid-before="20261121Z",valid-after="20261119Z" ${key.risk.line}`])
    expect(await prove(people, given)).toMatchObject({ by: { id: 'risk', via: 'key' } })
  })

  it('about an effect that was lost says nothing of its next attempt', async () => {
    const people = livePeople()
    const need: Need = { kind: 'settle', at: { path: 'runbook/one#place', visit: 1 }, title: 'Place it' }
    const first = waitingFor([need], [lost(need.at, 1)])
    const second = waitingFor([need], [lost(need.at, 1), lost(need.at, 2)])
    const given = people.signed('risk', 'not-done', { need, state: first })
    const reply: Reply = { kind: 'settled', as: 'not-done', by: given.by }
    expect(await prove(people, given, asking(need, first), reply)).toMatchObject({ by: { via: 'key' } })
    expect(await prove(people, given, asking(need, second), reply)).toEqual({ kind: 'park' })
    expect(people.refused()).toEqual(['bad-signature'])
  })
})

describe('a run that is given a file of them', () => {
  const peopleOf = (people: LivePeople, id: string, given: GivenAnswer) =>
    peopleFor(run, { answers: new Map([[id, given]]) }, people.session, people.context)

  it('is given each once: whoever goes back to the question is asked', async () => {
    const people = livePeople()
    const { meet } = peopleOf(people, 'tree/asked#q1', people.signed('risk', 'no'))
    expect(await meet(asking())).toMatchObject({ kind: 'answer', by: { id: 'risk', via: 'key' } })
    expect(await meet(asking(question(2)))).toEqual({ kind: 'nobody' })
    expect(people.refused()).toEqual([])
  })

  it('refuses on record what somebody signed who does not hold the role', async () => {
    const people = livePeople()
    const need: Need = { kind: 'attest', at: { path: 'tree/asked#q1', visit: 1 }, title: 'Is it so?', role: 'risk' }
    const { meet } = peopleOf(people, 'tree/asked#q1', people.signed('oncall', 'seen', { need }))
    const ask: Ask = {
      ...{ run, graph: 'tree/asked', need, state: waitingFor([need]) },
      kind: 'attest',
      node: node('q1'),
      text: '',
    }
    expect(await meet(ask)).toEqual({ kind: 'park' })
    expect(people.refused()).toEqual(['wrong-role'])
  })
})

describe('without a signature', () => {
  const typed: Reply = { kind: 'answer', answer: 'no', by: { id: 'whoever', via: 'login' } }
  const proving = ({ session, context }: LivePeople, sign?: string) => provingFor(run, sign, session, context)

  it('the account counts where it is one operator’s', async () => {
    const people = livePeople(1001)
    expect(proving(people).mayAsk(asking())).toBe(true)
    expect(await proving(people).prove(asking(), typed)).toEqual(typed)
  })

  it.each([
    [1009, 'when-shared', 'signature-required'],
    [1001, 'always', 'signature-required'],
    // An account that is nobody's could be anybody's.
    [1077, 'when-shared', 'unknown-operator'],
    [1077, 'always', 'unknown-operator'],
  ])('the account %i, where signatures count %s, does not', async (login, signatures, code) => {
    const people = livePeople(login, signatures)
    expect(proving(people).mayAsk(asking())).toBe(false)
    expect(people.said()).toMatch(/--sign <key>/)
    for (const reply of [typed, { ...typed, answer: 'unsure' }])
      expect(await proving(people).prove(asking(), reply)).toEqual({ kind: 'park' })
    expect(people.refused()).toEqual([code, code])
  })

  it('what needs no proof is of the account, whosever public key was named', async () => {
    const people = livePeople(1009)
    const back: Reply = { kind: 'back', by: { id: 'risk', via: 'login' } }
    const account = { id: 'uid-1009', via: 'login' }
    expect(await proving(people, 'risk.pub').prove(asking(), back)).toEqual({ kind: 'back', by: account })
    const leaf: Need = { kind: 'act', at: { path: 'tree/asked#fine', visit: 1 }, title: 'It is known' }
    const taken: Reply = { kind: 'taken', by: { id: 'risk', via: 'login' } }
    expect(proving(people, 'risk.pub').mayAsk(asking(leaf))).toBe(true)
    expect(await proving(people, 'risk.pub').prove(asking(leaf), taken)).toEqual({ kind: 'taken', by: account })
    expect(people.refused()).toEqual([])
  })

  it('what was refused moves no cursor of a terminal', async () => {
    const people = livePeople()
    const given = people.signed('risk', 'no', { epoch: '\u001b[2J\u001b]0;x' })
    expect(await prove(people, given)).toEqual({ kind: 'park' })
    expect(people.said()).not.toContain('\u001b')
  })
})
