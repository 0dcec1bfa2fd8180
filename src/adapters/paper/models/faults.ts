/** Ways in which models, their data and their risk can be broken on purpose. `../faults.ts` joins them. */
export const modelFaults = [
  ['unlabelled-model', 'Model without a label', 'the version in production has no review label of this quarter'],
  ['host-unhealthy', 'Host unhealthy', 'one of eight inference hosts fails its health check until it is restarted'],
  [
    'inference-slow',
    'Inference slow',
    'predictions take more than half of the decay horizon until the hosts serve another version',
  ],
  [
    'error-rate-high',
    'Prediction errors',
    'one request in twelve fails on every host, until the host serves another version',
  ],
  ['shadow-diverges', 'Shadow diverges', 'versions in the shadow agree little with the live one, and earn less'],
  [
    'shadow-slow',
    'Shadow slow',
    'versions in the shadow take 1.4 times as long as the live one, and too much processor',
  ],
  [
    'signal-explosion',
    'Signal explodes',
    'predictions are several times larger than ever, until the hosts serve another version',
  ],
] as const
