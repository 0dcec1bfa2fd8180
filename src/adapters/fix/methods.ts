/** What a venue behind FIX 4.2 is asked for; known without loading anything of it. */
export const fixMethods: readonly string[] = [
  'venue.ping',
  'venue.fetchOpenOrders',
  'venue.fetchOrder',
  'venue.fetchMyTrades',
  'venue.createOrder',
  'venue.cancelOrder',
  'venue.cancelAllOrders',
]
