using '../bicep/main.bicep'

// An app registration, and nobody who is let in.
param environmentName = 'closed'
param entraClientId = '11111111-2222-3333-4444-555555555555'
