/** Switches a fault on or off. Most only colour what is read; some change the paper world, as what they stand for would. */
import { stormCause } from './alerts.ts'
import { hearExecutions } from './book-state.ts'
import { builderFile, limitsFile, strategyFile, writeTree } from './config/files.ts'
import { activateRelease, liveDir, readLive } from './config/release.ts'
import type { Repository } from './config/repository.ts'
import { changeRepository, commitFiles, filesOf, holdRepository, resolveCommit } from './config/repository.ts'
import type { Change } from './fault-change.ts'
import { healthy, minutesAgo } from './fault-change.ts'
import type { FaultId } from './faults.ts'
import { faultComponent } from './faults.ts'
import { loseSubscriptions, marketDataComponent, subscribeAgain } from './market-data.ts'
import type { SecretVersion } from './secret-store.ts'
import { brokerSecret, secretComponent, versionInUse } from './secret-store.ts'
import { registryComponent } from './registry-state.ts'
import { forgetSent, noteSent } from './sent-orders.ts'
import type { Place } from './store.ts'
import { changeComponent, readComponent } from './store.ts'
import { bookChanges } from './switch-book-fault.ts'
import { openTicket, ticketComponent } from './tickets.ts'
import { submitOrder } from './venue/desk.ts'
import { venueComponent } from './venue/seed.ts'

/** Idempotent. Throws PaperFailure where the state cannot be read or written. */
export async function setFault(place: Place, id: FaultId, on: boolean): Promise<void> {
  const isOn = Object.hasOwn(readComponent(place, faultComponent).on, id)
  if (isOn === on) return
  // Versions that were there before the fault stay so: an unwritten registry is made anew with every reading.
  if (on) changeComponent(place, registryComponent, () => undefined)
  if (on) await changes[id]?.on(place)
  changeComponent(place, faultComponent, (state) => {
    const others = Object.entries(state.on).filter(([known]) => known !== id)
    state.on = { ...Object.fromEntries(others), ...(on ? { [id]: place.now().toISOString() } : {}) }
  })
  if (!on) await changes[id]?.off(place)
}

const pipeline = 'release-pipeline'

/** Makes a commit live, as the pipeline would. */
async function deploy(repository: Repository, at: string): Promise<void> {
  const commit = await resolveCommit(repository, 'HEAD')
  activateRelease(repository.dir, await filesOf(repository, commit), { commit, by: pipeline, at })
}

/** Puts the committed content of one live file back. */
const restoreLive = (path: string) => async (place: Place) =>
  holdRepository(place, async (repository) => {
    const committed = (await filesOf(repository, 'HEAD')).get(path)
    if (committed !== undefined) writeTree(liveDir(repository.dir), new Map([[path, committed]]))
  })

/** Edits a live file in place, as somebody with an editor would. */
function editLive(repository: Repository, path: string, edit: (text: string) => string): void {
  writeTree(liveDir(repository.dir), new Map([[path, edit(readLive(repository.dir).get(path) ?? '')]]))
}

const handEdit = '# edited by hand\nbar_interval_seconds: 30\n'
const badRounding = 'rounding: none\nmax_order_quantity: "500"\n'
const badOrders = [
  ['AAPL', '10.5', '229.30'],
  ['SPY', '3.25', '591.80'],
] as const

const badLots: Change = {
  on: async (place) => {
    await changeRepository(place, async (repository) => {
      await commitFiles(repository, new Map([[builderFile, badRounding]]), 'Simplify how orders are rounded')
      await deploy(repository, minutesAgo(place, 20))
    })
    const orders = badOrders.map(([symbol, quantity, price], index) => ({
      clientOrderId: `desk-bad-${String(index + 1)}-${String(place.now().getTime())}`,
      ...{ venue: 'primary', symbol, side: 'buy' as const, quantity, price },
    }))
    noteSent(
      place,
      orders.map((order) => ({ ...order, sentAt: minutesAgo(place, 1), fault: 'bad-lots' })),
    )
    changeComponent(place, venueComponent('primary'), (state) => {
      for (const order of orders) submitOrder(state, order, healthy, place.now())
    })
  },
  off: async (place) => {
    forgetSent(place, 'bad-lots')
    await changeRepository(place, async (repository) => {
      const head = await filesOf(repository, 'HEAD')
      if (head.get(builderFile) !== badRounding) return
      const rounding = badRounding.replace('none', 'lot-and-tick')
      await commitFiles(repository, new Map([[builderFile, rounding]]), 'Round orders to lots and ticks again')
      await deploy(repository, place.now().toISOString())
    })
  },
}

const hotEdit: Change = {
  on: (place) =>
    holdRepository(place, (repository) => {
      editLive(repository, strategyFile, () => handEdit)
      return Promise.resolve()
    }),
  off: restoreLive(strategyFile),
}

/** Alters the credential in use at primary. */
function reviseInUse(place: Place, revise: (version: SecretVersion) => void): void {
  changeComponent(place, secretComponent, (state) => {
    const version = versionInUse(state, brokerSecret('primary'), place.now())
    if (version !== undefined) revise(version)
  })
}

/** An incident ticket that somebody neglects. */
const neglected = (title: string, status: 'open' | 'closed'): Change => ({
  on: (place) => {
    const openedAt = minutesAgo(place, 90)
    changeComponent(place, ticketComponent, (state) => {
      openTicket(state, {
        kind: 'incident',
        title,
        openedAt,
        ...(status === 'closed' ? { role: 'oncall' } : {}),
      }).status = status
    })
  },
  off: (place) => {
    changeComponent(place, ticketComponent, (state) => {
      state.tickets = state.tickets.filter((ticket) => ticket.title !== title)
    })
  },
})

const changes: Partial<Readonly<Record<FaultId, Change>>> = {
  ...bookChanges,
  'bad-lots': badLots,
  'config-hot-edit': hotEdit,
  'config-hot-edit-after-deploy': {
    on: async (place) => {
      await holdRepository(place, (repository) => deploy(repository, minutesAgo(place, 30)))
      await hotEdit.on(place)
    },
    off: hotEdit.off,
  },
  'limits-softened': {
    on: (place) =>
      changeRepository(place, (repository) => {
        editLive(repository, limitsFile, (text) => text.replace('value: "5000"', 'value: "10000"'))
        return Promise.resolve()
      }),
    off: restoreLive(limitsFile),
  },
  'ticket-unowned': neglected('Order router restarted twice', 'open'),
  'closed-without-postmortem': neglected('Quotes came late for an hour', 'closed'),
  'alert-storm-known-parent': {
    on: (place) => {
      const openedAt = minutesAgo(place, 10)
      changeComponent(place, ticketComponent, (state) => {
        openTicket(state, { kind: 'incident', title: 'Gateway to the broker flaps', rootCause: stormCause, openedAt })
      })
    },
    off: (place) => {
      changeComponent(place, ticketComponent, (state) => {
        for (const ticket of state.tickets) if (ticket.rootCause === stormCause) ticket.status = 'closed'
      })
    },
  },
  'feed-unsubscribed': {
    on: (place) => {
      changeComponent(place, marketDataComponent, (state) => {
        loseSubscriptions(state, place.now().toISOString())
      })
    },
    off: (place) => {
      changeComponent(place, marketDataComponent, (state) => {
        subscribeAgain(state, 'primary', place.now().toISOString())
      })
    },
  },
  'credentials-revoked-early': {
    on: (place) => {
      reviseInUse(place, (version) => {
        version.revokedAt = place.now().toISOString()
      })
    },
    // The one in use can be revoked by this fault only; one that was replaced meanwhile stays revoked.
    off: (place) => {
      reviseInUse(place, (version) => {
        delete version.revokedAt
      })
    },
  },
  'acks-lost': {
    // The venue fills the order at once, and nobody tells the book.
    on: (place) => {
      const order = { symbol: 'AAPL', side: 'buy', quantity: '20', price: '229.37' } as const
      const clientOrderId = `desk-unheard-${String(place.now().getTime())}`
      noteSent(place, [{ venue: 'primary', clientOrderId, ...order, sentAt: minutesAgo(place, 1) }])
      changeComponent(place, venueComponent('primary'), (state) => {
        submitOrder(state, { clientOrderId, ...order }, healthy, place.now())
      })
    },
    off: (place) => {
      hearExecutions(place, 'primary')
      hearExecutions(place, 'backup')
    },
  },
}
