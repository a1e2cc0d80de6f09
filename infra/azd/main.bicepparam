using 'main.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'preempt')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param network = readEnvironmentVariable('PREEMPT_NETWORK', 'public')
param durableBackend = readEnvironmentVariable('PREEMPT_DURABLE_BACKEND', 'storage')
