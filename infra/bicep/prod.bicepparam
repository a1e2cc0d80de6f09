using 'main.bicep'

param environmentName = 'prod'
param tags = { owner: 'preempt', cost: 'production' }

// Storage is reached from the app's network only; the app itself stays reachable for callers and for deployments from outside.
param network = 'integrated'
param zoneRedundant = true

// One instance of the durable functions is always there, so that a stop is heard and a start begins at once.
param alwaysReadyInstances = 1
param maximumInstanceCount = 100

param entraClientId = readEnvironmentVariable('PREEMPT_ENTRA_CLIENT_ID', '')
// Object ids, with commas between them.
param entraAllowedIdentities = filter(split(readEnvironmentVariable('PREEMPT_ENTRA_IDENTITIES', ''), ','), id => !empty(id))
param entraAllowedGroups = filter(split(readEnvironmentVariable('PREEMPT_ENTRA_GROUPS', ''), ','), id => !empty(id))
param alertEmails = empty(readEnvironmentVariable('PREEMPT_ALERT_EMAIL', '')) ? [] : [readEnvironmentVariable('PREEMPT_ALERT_EMAIL', '')]

param logRetentionDays = 90
param logDailyQuotaGB = 20
