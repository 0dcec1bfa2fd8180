/**
 * Holds by rules. A hold is lifted by the rule that placed it and by nothing else, and the scope's permission comes back only when
 * nobody holds it any more. It comes back by request and rename, so that a halt overtakes it like any other grant.
 */
import { existsSync, readdirSync, unlinkSync } from 'node:fs'
import { textRedactor } from '../audit/redact.ts'
import {
  type Recorded,
  closeGrant,
  freshId,
  knownHistory,
  loosening,
  openDecision,
  problemOf,
  recordAfterwards,
  withBase,
} from './decide.ts'
import { grantOf } from './history.ts'
import { type Mark, isMarked, knownMarks, placeMark, removeMark, wordsIn } from './mark.ts'
import { contentOf, errnoOf, grant, inForce, permitDir, request, requested, tighten, type Trouble } from './permit.ts'
import { type History, type Means } from './record.ts'
import { type HoldKind, type Scope, type Token, nameScope, tokensOfHold } from './scope.ts'

export interface HoldOrder {
  readonly scope: Scope
  readonly kind: HoldKind
  /** E.g. `gates/daily#D2`. */
  readonly rule: string
  readonly reason: string
}
export interface Held {
  /** False: the scope is still open. */
  readonly held: boolean
  /** False: it is held, but another rule that lifts a hold of the same scope would lift this one too. */
  readonly marked: boolean
  readonly recorded: Recorded
  readonly troubles: readonly Trouble[]
}

/** At once, without log or space. Placing it again changes nothing. */
export function placeHold(stateDir: string, boot: string | undefined, order: HoldOrder, means: Means): Held {
  const { scope, kind, rule } = order
  const reason = textRedactor(means.redaction?.secrets ?? [])(order.reason)
  const dir = permitDir(stateDir)
  const tokens = tokensOfHold(scope, kind)
  const first = tighten(dir, tokens, boot)
  const troubles: Trouble[] = [...first.troubles]
  let marked = true
  try {
    placeMark(
      dir,
      scope,
      kind,
      { kind: 'rule', id: rule },
      JSON.stringify({ by: rule, reason, since: means.now().toISOString() }),
    )
  } catch (error) {
    marked = false
    troubles.push({ path: dir, errno: errnoOf(error) })
  }
  // A lift that looked before the mark was there is undone or voided.
  const second = tighten(dir, tokens, boot)
  const held = scope.kind === 'symbol' ? marked : second.gone && second.swept
  const change = {
    kind: 'held',
    scope: nameScope(scope),
    by: rule,
    reason,
    tightens: tokens,
    rule,
    holdKind: kind,
  } as const
  return { held, marked, troubles, recorded: recordAfterwards(stateDir, 'hold', 'hold.placed', change, means) }
}

export type Lifted =
  | { readonly kind: 'lifted' }
  /** This rule's hold is gone, the scope stays closed for the sake of others. */
  | { readonly kind: 'still-held'; readonly by: readonly string[] }
  | { readonly kind: 'not-held' }
  /** A halt came in between; the scope stays closed. */
  | { readonly kind: 'overtaken' }
  | { readonly kind: 'failed'; readonly reason: string }

/** Throws DeskError (73, 75, or 2 for an unreadable history): then the hold stands as before. */
export function liftHold(
  stateDir: string,
  boot: string,
  order: Omit<HoldOrder, 'kind'>,
  means: Means,
): Promise<Lifted> {
  return loosening(stateDir, order.rule, means, () => {
    const dir = permitDir(stateDir)
    const cause = { kind: 'rule', id: order.rule } as const
    const both = ['no-new', 'reduce-only'] as const
    const kinds = isHalfLifted(dir, boot, order.scope, order.rule)
      ? both
      : both.filter((kind) => isMarked(dir, order.scope, kind, cause))
    if (kinds.length === 0) return finishLift(stateDir, boot, order.scope, means)
    return liftMarked(stateDir, boot, order, kinds, means)
  })
}

/** A lift that died between its record and the grant left its requests; no tightening has voided them, so they are granted now. */
function finishLift(stateDir: string, boot: string, scope: Scope, means: Means): Lifted {
  const dir = permitDir(stateDir)
  const left = leftOf(dir, scope, knownHistory(stateDir, means).history)
  if (left.length === 0) return { kind: 'not-held' }
  const granted = left.map(({ token, id }) => grant(dir, [token], id, boot).kind)
  return granted.every((kind) => kind === 'granted') ? { kind: 'lifted' } : { kind: 'overtaken' }
}

/** Requests of a lift that is on record, where nothing holds the scope any more. */
function leftOf(
  dir: string,
  scope: Scope,
  history: History,
): readonly { readonly token: Token; readonly id: string }[] {
  const others = knownMarks(dir).filter((mark) => nameScope(mark.scope) === nameScope(scope))
  return tokensOfHold(scope, 'no-new').flatMap((token) => {
    const id = grantOf(history, token)
    return id !== undefined && isFree(token, others) && existsSync(requested(dir, token, id)) ? [{ token, id }] : []
  })
}

/** Scopes of which a lift by this rule died on its way: they are closed, and nothing holds them. Throws like `liftHold`. */
export function unfinishedLifts(stateDir: string, boot: string, rule: string, means: Means): readonly Scope[] {
  const dir = permitDir(stateDir)
  const scopes = requestedScopes(dir)
  if (scopes.length === 0) return []
  const { history } = knownHistory(stateDir, means)
  return scopes.filter((scope) => leftOf(dir, scope, history).length > 0 || isHalfLifted(dir, boot, scope, rule))
}

/** A request of this rule lies there and no tightening has come since, but what it asks for never came into force. */
function isHalfLifted(dir: string, boot: string, scope: Scope, rule: string): boolean {
  const missing = tokensOfHold(scope, 'no-new').filter((token) => !existsSync(inForce(dir, token, boot)))
  if (missing.length === 0) return false
  const names = readdirSync(dir).filter((name) => missing.some((token) => name.startsWith(`${token}+hold-`)))
  return names.some((name) => wordsIn({ content: contentOf(`${dir}/${name}`) ?? '' }).by === rule)
}

function requestedScopes(dir: string): readonly Scope[] {
  const named = readdirSync(dir).flatMap((name): Scope[] => {
    const match = /^(?:unheld|reduce|(?:reduce-)?(venue|model)=([^+]+))\+hold-/.exec(name)
    if (match === null) return []
    const [about, id] = [match[1], match[2]]
    return (about === 'venue' || about === 'model') && id !== undefined ? [{ kind: about, id }] : [{ kind: 'all' }]
  })
  return [...new Map(named.map((scope) => [nameScope(scope), scope])).values()]
}

function liftMarked(
  stateDir: string,
  boot: string,
  order: Omit<HoldOrder, 'kind'>,
  kinds: readonly HoldKind[],
  means: Means,
): Lifted {
  const { scope, rule, reason } = order
  const dir = permitDir(stateDir)
  const { read } = knownHistory(stateDir, means)
  const id = freshId('hold', read, means)
  // The log must take it before anything changes.
  const { writer } = openDecision(
    stateDir,
    id,
    { event: 'hold.lift', data: { scope: nameScope(scope), rule, reason } },
    rule,
    means,
  )
  const wanted = tokensOfHold(scope, 'no-new').filter((token) => !existsSync(inForce(dir, token, boot)))
  try {
    for (const token of wanted) request(dir, token, id, JSON.stringify({ grant: id, by: rule, reason }))
    for (const kind of kinds) removeMark(dir, scope, kind, { kind: 'rule', id: rule })
    const others = knownMarks(dir).filter((mark) => nameScope(mark.scope) === nameScope(scope))
    const tokens = wanted.filter((token) => isFree(token, others))
    const change = {
      kind: 'lifted',
      scope: nameScope(scope),
      by: rule,
      reason,
      tightens: [],
      rule,
      grants: { id, tokens },
    } as const
    writer.append({ event: 'hold.lifted', data: withBase(change, read) })
    const granted = grant(dir, tokens, id, boot)
    closeGrant(granted, writer)
    if (granted.kind === 'void') return { kind: 'overtaken' }
    if (granted.kind === 'failed') return { kind: 'failed', reason: granted.errno }
    return others.length === 0 ? { kind: 'lifted' } : { kind: 'still-held', by: others.map((mark) => mark.cause.id) }
  } catch (error) {
    replaceMarks(dir, order, kinds)
    return { kind: 'failed', reason: problemOf(error) }
  } finally {
    discard(dir, wanted, id)
  }
}

/** Whether nobody else holds what this permits: the lesser permission is free as soon as nobody forbids everything. */
export function isFree(token: Token, others: readonly Mark[]): boolean {
  const isLesser = token === 'reduce' || token.startsWith('reduce-')
  return isLesser ? others.every((mark) => mark.kind === 'reduce-only') : others.length === 0
}

function replaceMarks(dir: string, order: Omit<HoldOrder, 'kind'>, kinds: readonly HoldKind[]): void {
  for (const kind of kinds) {
    try {
      placeMark(
        dir,
        order.scope,
        kind,
        { kind: 'rule', id: order.rule },
        JSON.stringify({ by: order.rule, reason: order.reason }),
      )
    } catch {
      // Nothing was given back, so the scope stays closed; it is found as a halt without a record.
    }
  }
}

export function discard(dir: string, tokens: readonly Token[], id: string): void {
  for (const token of tokens) {
    try {
      unlinkSync(requested(dir, token, id))
    } catch {
      // granted, or voided by a tightening
    }
  }
}
