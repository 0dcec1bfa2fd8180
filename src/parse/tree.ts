/** Recovery trees as written. */
import * as z from 'zod'
import { leafKinds } from '../model/graph.ts'
import type { PEntry, PMap, PScalar, PSeq } from '../source/yaml.ts'
import { methodOf } from './calls.ts'
import type { Leaf, Question, Tree } from './document.ts'
import { expectMap, Form, type Located } from './form.ts'
import type { Reading } from './reading.ts'
import { checkCallShape, leafSteps, questionShape, treeCallShape } from './step-shapes.ts'
import { readSteps } from './step.ts'
import { expression, id, idPattern, saveName, sources, sourcesOf, text, title } from './words.ts'

export const leafShape = {
  kind: z.enum(leafKinds),
  title,
  source: sources.optional(),
  because: text,
  do: z.array(z.unknown()).optional(),
  then: z.array(z.strictObject(treeCallShape)).optional(),
}
export const treeShape = {
  kind: z.literal('tree'),
  id,
  title,
  symptom: text,
  source: sources.optional(),
  start: id,
  questions: z.record(z.string(), z.unknown()),
  leaves: z.record(z.string(), z.unknown()),
}

type Own = Omit<Tree, 'graph' | 'id' | 'title' | 'file' | 'root' | 'lostNames' | 'isWhole'>

export function readTree(root: PMap, reading: Reading): Own | undefined {
  const form = new Form(treeShape, root, 'a tree', reading.report)
  const symptom = form.get('symptom')
  const start = form.located('start')
  const source = sourcesOf(form.get('source'))
  const questions = new Map<string, Question>()
  for (const entry of form.map('questions')?.entries ?? []) {
    const question = isId(entry, reading) ? readQuestion(entry, reading) : undefined
    if (question === undefined) reading.lose(entry.value)
    else questions.set(entry.key, question)
  }
  const leaves = new Map<string, Leaf>()
  for (const entry of form.map('leaves')?.entries ?? []) {
    const leaf = isId(entry, reading) ? readLeaf(entry, reading) : undefined
    if (leaf === undefined) reading.lose(entry.value)
    else leaves.set(entry.key, leaf)
  }
  if (symptom === undefined || start === undefined) return undefined
  return { kind: 'tree', source, symptom, start, questions, leaves }
}

function isId({ key, keySpan }: PEntry, reading: Reading): boolean {
  if (idPattern.test(key)) return true
  reading.report({
    rule: 'parse/bad-value',
    severity: 'error',
    message: `"${key}" must be lower-case letters, digits and hyphens, with a letter first`,
    span: keySpan,
  })
  return false
}

function readQuestion({ key, keySpan, value }: PEntry, reading: Reading): Question | undefined {
  const map = expectMap(key, value, reading.report)
  if (map === undefined) return undefined
  const form = new Form(questionShape, map, `question "${key}"`, reading.report)
  const ask = form.scalar('ask')
  const probeNode = form.map('probe')
  const needsNode = form.map('needs')
  const probe = probeNode === undefined ? undefined : readProbe(probeNode, reading)
  const needs = needsNode === undefined ? undefined : readNeeds(needsNode, reading)
  if (ask === undefined) return undefined
  if ((probe === undefined && form.has('probe')) || (needs === undefined && form.has('needs'))) reading.isWhole = false
  return {
    id: { value: key, span: keySpan },
    source: sourcesOf(form.get('source')),
    ask,
    look: form.get('look') === undefined ? [] : readLook(form.seq('look')),
    who: form.get('who') ?? 'probe-or-person',
    probe,
    answers: readAnswers(form, reading),
    unsure: form.located('unsure'),
    needs,
  }
}

const readLook = (list: PSeq | undefined): readonly PScalar[] =>
  (list?.items ?? []).flatMap((item) =>
    item.kind === 'map' ? item.entries.map((entry) => entry.value).filter((value) => value.kind === 'scalar') : [],
  )

/** `yes` and `no`, or `answers` with names of their own. */
function readAnswers(form: Form<typeof questionShape>, reading: Reading): ReadonlyMap<string, Located<string>> {
  const answers = new Map<string, Located<string>>()
  const yes = form.located('yes')
  const no = form.located('no')
  if (yes !== undefined) answers.set('yes', yes)
  if (no !== undefined) answers.set('no', no)
  if (form.get('answers') !== undefined) {
    for (const { key, value } of form.map('answers')?.entries ?? []) {
      if (value.kind === 'scalar') answers.set(key, { value: value.text, span: value.span })
    }
  }
  const isMixed = form.has('answers') && (form.has('yes') || form.has('no'))
  const isHalf = !form.has('answers') && form.has('yes') !== form.has('no')
  if (isMixed || isHalf || answers.size < 2) {
    reading.isWhole = false
    const wasReported = form.has('answers') || form.has('yes') || form.has('no') ? isMixed || isHalf : true
    if (wasReported)
      reading.report({
        rule: 'parse/answers',
        severity: 'error',
        message: isMixed
          ? 'a question has either "yes" and "no" or "answers"'
          : 'a question needs both "yes" and "no", or "answers"',
        span: form.span,
      })
  }
  return answers
}

function readProbe(map: PMap, reading: Reading): Question['probe'] {
  const shape = { ...checkCallShape, answer: expression, save: saveName.optional() }
  const form = new Form(shape, map, '`probe`', reading.report)
  const call = methodOf(form, 'check')
  const answer = form.scalar('answer')
  if (call !== undefined && answer !== undefined) return { call, answer, save: form.located('save') }
  reading.lose(map)
  return undefined
}

function readNeeds(map: PMap, reading: Reading): Question['needs'] {
  const form = new Form(questionShape.needs.unwrap().shape, map, '`needs`', reading.report)
  const call = methodOf(form, 'check')
  const answer = form.located('answer')
  const expect = form.scalar('expect')
  const otherwise = form.located('otherwise')
  if (call === undefined || answer === undefined || expect === undefined || otherwise === undefined) return undefined
  return { answer, call, expect, otherwise, guards: form.located('guards') }
}

function readLeaf({ key, keySpan, value }: PEntry, reading: Reading): Leaf | undefined {
  const map = expectMap(key, value, reading.report)
  if (map === undefined) return undefined
  const form = new Form(leafShape, map, `leaf "${key}"`, reading.report)
  const kind = form.get('kind')
  const title = form.get('title')
  const because = form.get('because')
  const steps = readSteps(form.seq('do'), leafSteps, reading)
  const then = form.get('then') === undefined ? [] : readThen(form.seq('then'))
  if (kind === undefined || title === undefined || because === undefined) return undefined
  const source = sourcesOf(form.get('source'))
  return { id: { value: key, span: keySpan }, source, kind, title, because, steps, then }
}

const readThen = (list: PSeq | undefined): readonly Located<string>[] =>
  readLook(list).map((item) => ({ value: item.text, span: item.span }))
