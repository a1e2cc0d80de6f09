using 'main.bicep'

param environmentName = 'dev'
param tags = { owner: 'preempt', cost: 'development' }

// Nothing runs, and nothing costs, while nobody uses it.
param network = 'public'
param maximumInstanceCount = 10
param enableLab = true
param logRetentionDays = 30
param logDailyQuotaGB = 1
