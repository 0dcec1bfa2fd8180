/**
 * `desk incident postmortem <n>`: the written review that an incident closes with, filled from the record as far as the record goes. What is
 * missing before `desk incident close` is told beside it.
 */
import { closeSync, openSync, unlinkSync } from 'node:fs'
import { resolve } from 'node:path'
import { reading } from '../audit/asked.ts'
import type { Command, Context } from '../command.ts'
import { onRecord, type OnRecord } from '../incident/on-record.ts'
import { missingCause } from '../incident/missing.ts'
import { type Postmortem, postmortemText, type Question } from '../incident/postmortem.ts'
import { type Incident, incidentsOf, theOne } from '../incident/tickets.ts'
import { timelineOf } from '../incident/timeline.ts'
import { type Library, loadLibrary } from '../library.ts'
import { printJson } from '../output/print.ts'
import { renderProblem } from '../render/audit.ts'
import { runsOf, statusFor } from '../told-runs.ts'
import { openSession } from '../walking/session.ts'
import { type WhichDesk, whichDesk } from '../which-desk.ts'
import { textRedactor } from '../../audit/redact.ts'
import { disk, writeAll } from '../../disk/write.ts'
import { readTrading } from '../../killswitch/trading.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import { visible } from '../../source/visible.ts'
import { recordOf } from '../../walk/journal-entry.ts'
import { nodeAt } from '../../walk/place.ts'
import { isGraphId } from '../../walk/scope.ts'

export interface PostmortemOptions {
  readonly incident: string
  readonly out?: string
}

export const run: Command<PostmortemOptions> = async ({ incident: id, out }, context) => {
  const desk = whichDesk(context)
  const incident = theOne(await incidentsOf(openSession(context, desk)), id)
  const library = await loadLibrary(desk, context)
  const record = await reading(() => onRecord(desk.stateDir, incident, context.deps.now().getTime()))
  const told = postmortemOf(incident, record, library, desk, context)
  const text = textRedactor(desk.config.secrets)(postmortemText(told))
  if (out !== undefined) writeNew(resolve(context.deps.cwd, out), text)
  const { io, globals } = context
  const { problems } = record
  if (globals.json) {
    const { class: of, from, to, timeline, questions, missing, open } = told
    printJson(io, 'incident-postmortem', {
      ...{ schema: 1, incident, ...(of === undefined ? {} : { class: of }), from, to, timeline, questions },
      ...{ missing, open, problems, text, ...(out === undefined ? {} : { written: out }) },
    })
  } else io.out(out === undefined ? text : `${id}  the review to be written: ${visible(out)}\n`)
  for (const each of told.missing) io.err(`missing before it closes: ${visible(each)}\n`)
  for (const each of told.open) io.err(`still open: ${visible(each)}\n`)
  for (const problem of problems) for (const line of renderProblem(problem, io.columns)) io.err(`${line}\n`)
  if (problems.length > 0) io.err('what the record tells may not be all\n  next: desk audit verify\n')
  return problems.length > 0 ? exitCodes.undetermined : exitCodes.ok
}

function postmortemOf(
  incident: Incident,
  record: OnRecord,
  library: Library,
  desk: WhichDesk,
  context: Context,
): Postmortem {
  const { opener } = record
  const root = opener?.root
  const document = root === undefined ? undefined : library.documents.get(root)
  const isClass = root?.startsWith('incident/') === true
  const titleOf = (path: string): string => {
    const { graph, node } = nodeAt(path)
    return (isGraphId(graph) ? library.graphs.get(graph)?.nodes.get(node)?.title : undefined) ?? node
  }
  return {
    incident,
    ...(isClass && document !== undefined
      ? { class: { id: document.id, title: document.title, severity: document.severity ?? '' } }
      : {}),
    from: new Date(record.fromMs).toISOString(),
    to: new Date(record.toMs).toISOString(),
    timeline: timelineOf(record.records, titleOf),
    questions: isClass ? questionsOf(record, library) : [],
    missing: missingOf(incident),
    open: openOf(record, desk, context),
  }
}

/** What the class's document has people state, with what they stated in its run. */
function questionsOf({ opener, records }: OnRecord, library: Library): readonly Question[] {
  const graph = opener === undefined ? undefined : library.graphs.get(opener.root)
  if (graph === undefined || opener === undefined) return []
  const answers = records.flatMap(({ record }) => {
    const said = record.run === opener.run ? recordOf(record) : undefined
    return said?.kind === 'answer' ? [said] : []
  })
  return [...graph.nodes.values()].flatMap((node) => {
    if (node.kind !== 'attest') return []
    const said = answers.findLast(({ at }) => at.path === `${graph.id}#${node.id}`)
    if (said === undefined) return [{ id: node.id, title: node.title }]
    const by = typeof said.by === 'string' ? said.by : said.by.id
    return [{ id: node.id, title: node.title, answer: said.reason ?? said.answer, by }]
  })
}

const missingOf = (incident: Incident): readonly string[] =>
  incident.status === 'closed'
    ? []
    : [...missingCause(incident), `the written review: desk incident close ${visible(incident.id)} --artifact <file>`]

function openOf({ opener }: OnRecord, desk: WhichDesk, { deps }: Context): readonly string[] {
  const walked = opener === undefined ? undefined : runsOf(desk.stateDir).find(({ run: id }) => id === opener.run)
  const { halts, holds, unknown } = readTrading(desk.stateDir, deps.now().getTime())
  return [
    ...(walked !== undefined && ['waiting', 'running'].includes(statusFor(walked))
      ? [`${walked.run}, which opened it: desk run show ${walked.run}`]
      : []),
    ...halts.map(({ id, scope }) => `${id} of ${scope === 'all' ? 'the desk' : scope}`),
    ...holds.map(({ scope, rule }) => `a hold of ${scope === 'all' ? 'the desk' : scope} by ${rule}: desk hold list`),
    ...(unknown === undefined ? [] : [`what is halted or held cannot be told: ${unknown}`]),
  ]
}

/** A review that somebody has begun is never overwritten, and one that did not get whole is not left behind. */
function writeNew(path: string, text: string): void {
  const fd = createNew(path)
  try {
    writeAll(disk, fd, Buffer.from(text))
    disk.sync(fd)
  } catch (error) {
    unlinkSync(path)
    throw error
  } finally {
    closeSync(fd)
  }
}

function createNew(path: string): number {
  try {
    return openSync(path, 'wx', 0o640)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new DeskError('not-written', exitCodes.usage, `the review was not written: ${why}`, '--out <new file>')
  }
}
