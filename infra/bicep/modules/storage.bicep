metadata description = 'A storage account, and what one identity may with it. It has no keys.'

@description('The Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('The name of the account.')
param name string

@description('Whether it is spread over the zones of the region.')
param zoneRedundant bool

@description('Whether it can be reached only by private endpoints.')
param isPrivate bool

@description('The identity: its name, which the names of role assignments are made of.')
param identityName string

@description('The principal id of the identity.')
param principalId string

@description('The containers to create.')
param containerNames string[]

@description('The queues to create.')
param queueNames string[]

@description('The roles of the identity: the ids of built-in roles, and the reason for each.')
param roles { id: string, description: string }[]

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS' }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: isPrivate ? 'Deny' : 'Allow'
    }
    encryption: {
      keySource: 'Microsoft.Storage'
      services: {
        blob: { enabled: true, keyType: 'Account' }
        file: { enabled: true, keyType: 'Account' }
        queue: { enabled: true, keyType: 'Account' }
        table: { enabled: true, keyType: 'Account' }
      }
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    containerDeleteRetentionPolicy: { enabled: true, days: 7 }
    // Leases and large messages come and go all day: each deleted one would be kept and paid for.
    deleteRetentionPolicy: { enabled: false }
  }
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [
  for containerName in containerNames: {
    parent: blobs
    name: containerName
    properties: { publicAccess: 'None' }
  }
]

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2024-01-01' = {
  parent: account
  name: 'default'
}

resource queues 'Microsoft.Storage/storageAccounts/queueServices/queues@2024-01-01' = [
  for queueName in queueNames: {
    parent: queueService
    name: queueName
  }
]

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in roles: {
    name: guid(account.id, identityName, role.id)
    scope: account
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.id)
      description: role.description
    }
  }
]

@description('The address of its queues.')
output queueEndpoint string = account.properties.primaryEndpoints.queue

@description('The address of its blobs.')
output blobEndpoint string = account.properties.primaryEndpoints.blob
