/** A key of a document by its path: `runbook.steps.within`. */
import { isNeeded, typeOf } from './types.ts'
import type { Output } from '../output/published.ts'
import { documentFields, type Field, type FieldGroup } from '../../parse/fields.ts'

type Told = Extract<Output<'explain'>['explained'], { readonly kind: 'field' }>
type Found = { readonly form: string; readonly field: Field }

/** Undefined where the path leads nowhere. */
export function explainField(path: string): Told | undefined {
  const [kind = '', ...keys] = path.split('.')
  const root = documentFields().get(kind)
  if (root === undefined) return undefined
  let found: readonly Found[] = [{ form: '', field: root }]
  for (const key of keys) found = keysBelow(found, key)
  return found.length === 0 ? undefined : { kind: 'field', name: path, meanings: merged(found) }
}

/** Every path down to keys of steps; those of steps within steps are the same again. */
export function fieldPaths(): readonly string[] {
  const below = (path: string, groups: readonly FieldGroup[]): readonly string[] =>
    groups.flatMap(({ fields }) =>
      [...fields].flatMap(([key, field]) => [
        `${path}.${key}`,
        ...(key === 'parallel' ? [] : below(`${path}.${key}`, field.inside)),
      ]),
    )
  return [...new Set([...documentFields()].flatMap(([kind, { inside }]) => [kind, ...below(kind, inside)]))]
}

const keysBelow = (found: readonly Found[], key: string): readonly Found[] =>
  found.flatMap(({ form: outer, field }) =>
    field.inside.flatMap(({ form, fields }) => {
      const inner = fields.get(key)
      return inner === undefined ? [] : [{ form: form === '' ? outer : form, field: inner }]
    }),
  )

/** Forms of a step that mean the same by a key are told at once. */
function merged(found: readonly Found[]): Told['meanings'] {
  const byMeaning = new Map<string, { forms: string[]; field: Field }>()
  for (const { form, field } of found) {
    const same = [field.meaning, typeOf(field.schema), String(isNeeded(field.schema))].join('\n')
    const before = byMeaning.get(same)
    if (before === undefined) byMeaning.set(same, { forms: [form], field })
    else if (!before.forms.includes(form)) before.forms.push(form)
  }
  const isOne = byMeaning.size === 1 && found.length > 6 // said of every form alike
  return [...byMeaning.values()].map(({ forms, field }) => ({
    ...(isOne || forms.join('') === '' ? {} : { form: forms.join(', ') }),
    ...toldOf(field),
    keys: keysOf(field.inside),
  }))
}

const toldOf = ({ schema, meaning }: Field) => ({ type: typeOf(schema), needed: isNeeded(schema), meaning })

/** Where there are several forms, each by the key that tells it. */
function keysOf(groups: readonly FieldGroup[]): Told['meanings'][number]['keys'] {
  const [first, second] = groups
  if (first === undefined) return []
  if (second === undefined) return [...first.fields].map(([name, field]) => ({ name, ...toldOf(field) }))
  const shared = [...first.fields].filter(([name]) => groups.every(({ fields }) => fields.has(name)))
  const telling = groups.flatMap(({ form, fields }) => {
    const field = fields.get(form)
    return field === undefined ? [] : [[form, field] as const]
  })
  return [
    ...shared.map(([name, field]) => ({ name, ...toldOf(field) })),
    ...telling.map(([name, field]) => ({ name, ...toldOf(field), needed: false })),
  ]
}
