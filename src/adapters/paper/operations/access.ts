/** Who may change production, and who did. */
import * as z from 'zod'
import { once } from '../../../model/once.ts'
import { moment } from '../../../ports/method.ts'
import { intOf, textOf } from '../arguments.ts'
import { listDeploys } from '../config/release.ts'
import { configDir, openRepository } from '../config/repository.ts'
import { refuse } from '../failure.ts'
import type { EffectHandler, ReadHandler } from '../handler.ts'
import { effectOn } from '../handler.ts'
import type { Component } from '../store.ts'
import { readComponent } from '../store.ts'
import type { World } from '../world.ts'
import { hasDrifted } from './config-drift.ts'
import { unmended } from './fault-time.ts'

const accessState = once(() =>
  z.strictObject({
    attestedAt: moment,
    revoked: z.array(z.strictObject({ principal: z.string(), at: moment })),
  }),
)
type AccessState = z.infer<ReturnType<typeof accessState>>

const dayMs = 86_400_000
const attestedDaysAgo = 30
const accessComponent: Component<AccessState> = {
  name: 'access',
  parse: (value) => accessState().safeParse(value).data,
  seed: (now) => ({ attestedAt: new Date(now.getTime() - attestedDaysAgo * dayMs).toISOString(), revoked: [] }),
}

const pipeline = 'release-pipeline'
const stranger = 'former-contractor'
const approvers = ['model-committee', 'risk']
/** By how much older the fault of that name makes the attestation. */
const olderDays = 80

/** Someone who should not have it any more has it under the fault of that name. */
const holdsStranger = (world: World, { revoked }: AccessState): boolean =>
  unmended(world, 'access-unneeded', revoked.findLast(({ principal }) => principal === stranger)?.at) !== undefined

const holders = (world: World, state: AccessState): readonly string[] =>
  holdsStranger(world, state) ? [pipeline, stranger] : [pipeline]

const editFaults = ['config-hot-edit', 'config-hot-edit-after-deploy', 'limits-softened'] as const

/** The files lie otherwise than they were deployed: somebody wrote them in place. */
function editOf(world: World): readonly { readonly at: Date; readonly by: string }[] {
  const since = editFaults.flatMap((id) => world.faults.get(id) ?? [])[0]
  return since !== undefined && hasDrifted(world) ? [{ at: since, by: 'root' }] : []
}

export const accessReads: Readonly<Record<string, ReadHandler>> = {
  'access.list': (world) => {
    const state = readComponent(world, accessComponent)
    const old = unmended(world, 'access-unattested', state.attestedAt)
    const attestedMs = Date.parse(state.attestedAt) - (old === undefined ? 0 : olderDays * dayMs)
    return {
      ...{ prodWrite: holders(world, state), deployApprovers: approvers },
      unneeded: holdsStranger(world, state) ? [stranger] : [],
      lastAttestedAt: new Date(attestedMs).toISOString(),
      attestedDays: Number(((world.now().getTime() - attestedMs) / dayMs).toFixed(2)),
    }
  },
  'access.audit': async (world, args) => {
    await openRepository(world)
    const sinceMs = world.now().getTime() - intOf(args, 'lookbackMinutes') * 60_000
    const deploys = listDeploys(configDir(world.stateDir)).map(({ at, by, commit }) => ({
      ...{ at: new Date(at), by, what: `deploy of ${commit.slice(0, 12)}`, expected: true },
    }))
    const edits = editOf(world).map((edit) => ({ ...edit, what: 'a live file was edited in place', expected: false }))
    const writes = [...deploys, ...edits].filter(({ at }) => at.getTime() >= sinceMs)
    return {
      unexpected: writes.filter(({ expected }) => !expected).length,
      writes: writes.map((write) => ({ ...write, at: write.at.toISOString() })),
    }
  },
}

export const accessEffects: Readonly<Record<string, EffectHandler>> = {
  'access.attest': effectOn(accessComponent, (state, world) => {
    state.attestedAt = world.now().toISOString()
    return { attestedAt: state.attestedAt }
  }),
  'access.revoke': effectOn(accessComponent, (state, world, args) => {
    const principal = textOf(args, 'principal')
    if (principal === pipeline) refuse(`without ${pipeline} nothing could be deployed or reverted`)
    const revoked = holders(world, state).includes(principal)
    state.revoked.push({ principal, at: world.now().toISOString() })
    return { principal, revoked }
  }),
}
