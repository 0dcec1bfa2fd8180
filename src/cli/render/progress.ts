/** A walk as it happens, a line per thing that was decided; append-only, so that a log file and a slow line read it alike. */
import { cut, shown, wrap } from './layout.ts'
import { type Style, toned } from './style.ts'
import type { Node } from '../../model/graph.ts'
import type { Evidence, JournalRecord, Person } from '../../model/journal.ts'
import type { Outcome } from '../../model/outcome.ts'
import { nodeAt } from '../../walk/place.ts'
import { isNeeds } from '../../walk/place.ts'
import type { WalkEvent } from '../../walk/ports.ts'

type RecordOf<K extends JournalRecord['kind']> = Extract<JournalRecord, { readonly kind: K }>
/** Room for the widest word of a status. */
const statusWidth = 13
/** Of one recorded value. The whole is in the log. */
const mostRecordedLines = 4

export class Progress {
  readonly #width: number
  readonly #style: Style
  readonly #titleOf: (path: string) => string
  /** What was last seen at a place: shown where it did not pass. */
  readonly #seen = new Map<string, Evidence>()
  readonly #waits = new Set<string>()

  /** `titleOf`: of the step at a place. */
  constructor(width: number, style: Style, titleOf: (path: string) => string) {
    this.#width = width
    this.#style = style
    this.#titleOf = titleOf
  }

  /** Lines to print for an event; most events have none. */
  lines(event: WalkEvent): readonly string[] {
    if (event.kind === 'sleeping') return this.#waiting(event.at.path)
    if (event.kind !== 'recorded') return []
    const { record, node } = event
    switch (record.kind) {
      case 'sample':
        this.#seen.set(record.at.path, record.evidence)
        return isNeeds(record.at.path) && record.verdict !== 'ok' && node?.kind === 'question'
          ? this.#contradicted(record, node)
          : []
      case 'acted':
      case 'settled':
        this.#seen.set(record.at.path, record.evidence)
        return []
      case 'answer':
        return node === undefined ? [] : this.#answered(record, node)
      case 'found':
        return [
          '',
          this.#line(record.as.toUpperCase(), node?.title ?? record.leaf),
          ...wrap(node?.kind === 'leaf' ? node.because : '', this.#width, '  '),
        ]
      case 'taken':
      case 'left':
        return [
          this.#line(
            record.kind === 'taken' ? 'acting' : 'declined',
            `by ${nameOf(record.by)}${record.reason === undefined ? '' : `: ${shown(record.reason)}`}`,
          ),
        ]
      case 'approved':
      case 'declined':
        return [this.#line(record.kind, `by ${nameOf(record.by)}`)]
      case 'confirmed':
        return [this.#line('confirmed', `by ${nameOf(record.by)}`)]
      case 'superseded':
        return [this.#line('back', `by ${nameOf(record.by)}`)]
      case 'outcome':
        return node === undefined || node.kind === 'block' || node.kind === 'question' || node.kind === 'leaf'
          ? []
          : this.#ended(record, node)
      // What the engine keeps for itself, and the run's own beginning and end, which are told by the caller.
      case 'opened':
      case 'continued':
      case 'entered':
      case 'intent':
      case 'published':
      case 'waived':
      case 'parked':
      case 'closed':
        return []
    }
  }

  /** A poll or hold says once that it is waiting, not at every sample. */
  #waiting(path: string): readonly string[] {
    if (this.#waits.has(path)) return []
    this.#waits.add(path)
    return [this.#line('waiting', `${nodeAt(path).node}  ${this.#titleOf(path)}`.trimEnd())]
  }

  #answered(record: RecordOf<'answer'>, node: Node): readonly string[] {
    const by = record.by === 'probe' ? `probe ${record.probe ?? ''}` : nameOf(record.by)
    const seen = record.evidence === undefined || record.by !== 'probe' ? [] : this.#evidence(record.evidence)
    const reason = record.reason === undefined ? [] : wrap(record.reason, this.#width, ' '.repeat(statusWidth + 3))
    const roles =
      record.by !== 'probe' && record.by.roles === 'every'
        ? this.#indented(`${by} holds every role: no operators are configured`)
        : []
    return [this.#line(record.answer, `${node.title}  (${by})`), ...roles, ...reason, ...seen]
  }

  /** A yes that the evidence does not bear out: the other edge is taken, and nobody should have to guess why. */
  #contradicted(
    { evidence }: RecordOf<'sample'>,
    { needs }: Extract<Node, { readonly kind: 'question' }>,
  ): readonly string[] {
    if (needs === undefined) return []
    return [
      this.#line(
        needs.otherwise,
        `The evidence does not bear out "${needs.answer}"; going on with "${needs.otherwise}"`,
      ),
      ...this.#evidence(evidence),
    ]
  }

  #ended(record: RecordOf<'outcome'>, node: Node): readonly string[] {
    const status = record.missed === true ? 'missed' : wordFor(record.outcome, node)
    const line = this.#line(status, `${node.id}  ${node.title}`)
    const because = this.#indented(record.reason)
    const evidence = this.#seen.get(record.at.path)
    const good = record.outcome === 'ok' || record.outcome === 'skipped' || record.outcome === 'waived'
    if (evidence === undefined) return [line, ...because]
    // What was only to be put on record is what the step was for.
    if (good) {
      const recorded = node.kind === 'check' && node.record.length > 0 ? this.#recorded(evidence) : []
      return [line, ...because, ...recorded, ...approvalLine(node, evidence)]
    }
    // Why an evidence does not do is often why the step did not: said once.
    const why = evidence.reason === record.reason ? [] : this.#indented(evidence.reason)
    // A check that only records expects nothing.
    const expected =
      evidence.expected === undefined || evidence.expected === 'true'
        ? []
        : this.#indented(`expected ${evidence.expected}`)
    return [line, ...because, ...why, ...this.#observed(evidence), ...expected]
  }

  #evidence(evidence: Evidence): readonly string[] {
    return [...this.#indented(evidence.reason), ...this.#observed(evidence)]
  }

  /** Under the names of the fields; of a long one its beginning. */
  #recorded({ observed }: Evidence): readonly string[] {
    if (typeof observed !== 'object' || observed === null) return []
    return Object.entries(observed).flatMap(([text, value]) => {
      const field = text.replace(/^result\./, '').replace(/\.orValue\(.*\)$/, '')
      return this.#indented(`${field} ${shown(value)}`).slice(0, mostRecordedLines)
    })
  }

  #observed({ observed }: Evidence): readonly string[] {
    return observed === undefined || observed === null
      ? []
      : [cut(`${' '.repeat(statusWidth + 3)}seen ${shown(observed)}`, this.#width)]
  }

  #indented(text: string | undefined): readonly string[] {
    return text === undefined ? [] : wrap(shown(text), this.#width, ' '.repeat(statusWidth + 3))
  }

  #line(status: string, text: string): string {
    const pad = ' '.repeat(Math.max(0, statusWidth - status.length))
    return `  ${toned(this.#style, status)}${pad} ${cut(shown(text), this.#width - statusWidth - 3)}`
  }
}

/** Checks pass, actions are done. */
export function wordFor(outcome: Outcome, node: Pick<Node, 'kind'>): string {
  // There is still time for what a gate looks for.
  if (outcome === 'skipped' && node.kind === 'evidence') return 'pending'
  if (outcome !== 'ok') return outcome
  return node.kind === 'check' || node.kind === 'evidence' ? 'passed' : 'done'
}

/** Whoever asks for a release is told what somebody else has to type. */
function approvalLine(node: Node, evidence: Evidence | undefined): readonly string[] {
  if (node.kind !== 'action' || node.do.method.name !== 'requestRelease') return []
  const { observed } = evidence ?? {}
  const request: unknown =
    typeof observed === 'object' && observed !== null ? Reflect.get(observed, 'request') : undefined
  return typeof request === 'string' ? [`  next: somebody else: desk unlock approve ${request}`] : []
}

const nameOf = (by: Person): string => by.id
