/** What a person may be called on for. Configurations give operators roles; documents name the role that approves or attests. */
export const roles = ['operator', 'oncall', 'commander', 'risk', 'model-committee', 'compliance', 'halt'] as const
