using '../bicep/main.bicep'

// Everything that is optional, switched on.
param environmentName = 'private-test'
param network = 'private'
param durableBackend = 'scheduler'
param schedulerSku = 'Dedicated'
param entraClientId = '11111111-2222-3333-4444-555555555555'
param entraAllowedIdentities = ['aaaaaaaa-2222-3333-4444-555555555555']
param entraAllowedGroups = ['bbbbbbbb-2222-3333-4444-555555555555']
param alwaysReadyInstances = 2
param alertEmails = ['operator@example.com']
param appSettings = { EXAMPLE: 'value' }
