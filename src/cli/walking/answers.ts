/** Answers from flags and files, each with who gave it. On a live desk a question for a person takes no unsigned answer. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as z from 'zod'
import type { Deps } from '../command.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import type { Person } from '../../model/journal.ts'
import { once } from '../../model/once.ts'
import { positionAt } from '../../source/file.ts'
import { hasErrors } from '../../source/diagnostic.ts'
import { renderText } from '../../source/render/text.ts'
import { decodeUtf8 } from '../../source/utf8.ts'
import { nodeAt, plain } from '../../source/plain.ts'
import { parseYaml } from '../../source/yaml.ts'
import type { Answers, GivenAnswer, SignedAnswer } from '../../walk/headless.ts'
import { UnprovedAnswer } from './refused-answer.ts'

export interface WalkFlags {
  readonly set?: readonly string[]
  readonly answer?: readonly string[]
  readonly answers?: string
  readonly act?: boolean
  readonly confirm?: string
  /** The key that signs what is said: a private key file, or a public one whose private half an agent holds. */
  readonly sign?: string
  /** What somebody who was recognised has stated by a command of its own. */
  readonly stated?: { readonly id: string; readonly answer: string; readonly by: Person }
}

/** A line for whoever gave the answers. */
export type Tell = (line: string) => void

const moment = once(() => z.iso.datetime({ offset: true }))
const file = once(() =>
  z.strictObject({
    answers: z.array(
      z.strictObject({
        id: z.string(),
        answer: z.string(),
        who: z.string().optional(),
        when: moment().optional(),
        until: moment().optional(),
        reason: z.string().optional(),
        run: z.string().optional(),
        epoch: z.string().optional(),
        signature: z.string().optional(),
      }),
    ),
  }),
)

/** `name=value` pairs; a name that is given twice is refused. Throws DeskError `bad-pair`. */
export function pairs(flag: string, given: readonly string[] | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const text of given ?? []) {
    const at = text.indexOf('=')
    if (at < 1)
      throw new DeskError(
        'bad-pair',
        exitCodes.usage,
        `--${flag} ${JSON.stringify(text)} is not name=value`,
        `--${flag} name=value`,
      )
    const name = text.slice(0, at)
    if (found.has(name))
      throw new DeskError('bad-pair', exitCodes.usage, `--${flag} gives "${name}" twice`, 'give it once')
    found.set(name, text.slice(at + 1))
  }
  return found
}

/** What nobody has to be asked. */
export function answersFrom(
  flags: WalkFlags,
  person: Person,
  desk: { readonly profile: 'paper' | 'live' },
  deps: Pick<Deps, 'cwd' | 'now' | 'env'>,
  tell: Tell,
): Answers {
  const path = flags.answers ?? nonEmpty(deps.env['DESK_ANSWERS'])
  const said = [...pairs('answer', flags.answer)].map(
    ([id, answer]) => [id, { answer, by: { ...person, via: 'flag' as const } }] as const,
  )
  const isLive = desk.profile === 'live'
  const read = path === undefined ? [] : readAnswers(resolve(deps.cwd, path), person, deps.now(), isLive, tell)
  if (isLive && said.length > 0 && flags.sign === undefined) throw unsigned(said.map(([id]) => id))
  const { stated } = flags
  const own: readonly Given[] = stated === undefined ? [] : [[stated.id, { answer: stated.answer, by: stated.by }]]
  return {
    answers: new Map<string, Given[1]>([...read, ...said, ...own]),
    ...(flags.act === true ? { act: person } : {}),
    ...(flags.confirm === undefined ? {} : { confirm: { name: flags.confirm, by: person } }),
  }
}

type Given = readonly [string, GivenAnswer]

const unsigned = (ids: readonly string[]): UnprovedAnswer =>
  new UnprovedAnswer(
    'unsigned-answer',
    'a live desk takes no unsigned answer',
    '--sign <key>, or answer at a terminal, logged in as yourself',
    { id: ids.join(', ') },
  )

/**
 * An answer that has expired, or is dated in the future, is not there; who relied on it is told. On a live desk each is signed, and what
 * does not count ends the command, for somebody believes that it does.
 */
function readAnswers(path: string, person: Person, now: Date, isLive: boolean, tell: Tell): readonly Given[] {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw new DeskError(
      'bad-answers',
      exitCodes.usage,
      error instanceof Error ? error.message : String(error),
      'desk help answers',
    )
  }
  const decoded = decodeUtf8(path, bytes)
  const parsed = parseYaml(decoded.file)
  const findings = [...decoded.findings, ...parsed.findings]
  if (parsed.root === undefined || hasErrors(findings)) {
    throw new DeskError(
      'bad-answers',
      exitCodes.usage,
      renderText(findings, new Map([[path, decoded.file]])).trimEnd(),
      'desk help answers',
    )
  }
  const { root } = parsed
  const wrong = (at: readonly PropertyKey[], message: string, hint: string): DeskError => {
    const { line, column } = positionAt(decoded.file, nodeAt(root, at).span.start)
    const place = `${path}:${String(line)}:${String(column)}`
    return new DeskError('bad-answers', exitCodes.usage, `${place}: ${message}`, hint)
  }
  const checked = file().safeParse(plain(root))
  if (!checked.success) {
    const [issue] = checked.error.issues
    const hint = 'answers: [{ id: q1, answer: no, who: oncall, until: 2026-11-20T18:00:00Z }]'
    throw wrong(issue?.path ?? [], issue?.message ?? 'not a file of answers', hint)
  }
  const { answers } = checked.data
  const bare = answers.filter((each) => signatureIn(each) === undefined)
  if (isLive && bare.length > 0) throw unsigned(bare.map(({ id }) => id))
  for (const [i, each] of answers.entries()) {
    // Taken for unsigned, it would count for every run, and for longer than it says.
    if (isHalfSigned(each)) throw wrong(['answers', i], `"${each.id}" is signed in part`, `give all of ${allOfIt}`)
    if (answers.slice(0, i).some((other) => isForSame(each, other)))
      throw wrong(['answers', i], `"${each.id}" is answered twice`, 'keep the one that holds')
  }
  return answers
    .filter((each) => {
      const { id, when, until } = each
      // Whoever looks at the signature tells.
      if (signatureIn(each) !== undefined) return true
      const expired = until !== undefined && Date.parse(until) <= now.getTime()
      const early = when !== undefined && Date.parse(when) > now.getTime()
      if (expired) tell(`${path}: the answer to "${id}" expired at ${until} and is not used`)
      else if (early) tell(`${path}: the answer to "${id}" is of ${when}, which is yet to come, and is not used`)
      return !expired && !early
    })
    .map((each) => {
      const { id, answer, who, reason } = each
      const signed = signatureIn(each)
      return [
        id,
        {
          answer,
          by: { id: who ?? person.id, via: 'answers-file' },
          ...(reason === undefined ? {} : { reason }),
          ...(signed === undefined ? {} : { signed }),
        },
      ]
    })
}

type Entry = z.infer<ReturnType<typeof file>>['answers'][number]

const signing = ['run', 'epoch', 'signature'] as const
const allOfIt = 'who, when, until, run, epoch and signature, or none of the last three'
const isHalfSigned = (entry: Entry): boolean =>
  signatureIn(entry) === undefined && signing.some((name) => entry[name] !== undefined)

/** One file may answer several runs, each with a signature of its own. */
const isForSame = (one: Entry, other: Entry): boolean =>
  one.id === other.id && (one.run === undefined || other.run === undefined || one.run === other.run)

/** Only what says when, until when, for which run and under what it was signed is a signature. */
function signatureIn(entry: Entry): SignedAnswer | undefined {
  const { who, when, until, run, epoch, signature } = entry
  if (who === undefined || when === undefined || until === undefined || run === undefined) return undefined
  return epoch === undefined || signature === undefined ? undefined : { signature, run, epoch, when, until }
}

const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text)
