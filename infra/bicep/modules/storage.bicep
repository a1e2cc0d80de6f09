metadata description = 'The storage account of the app: its package, its queues, its tables, and with the storage backend all state. It has no keys.'

@description('Where it is.')
param location string

@description('Tags of every resource.')
param tags object

@description('The name of the account.')
param name string

@description('Whether it is spread over the zones of the region.')
param zoneRedundant bool

@description('Whether it is reached by private endpoints only.')
param isPrivate bool

@description('The identity of the app: its name, which the names of role assignments are made of.')
param identityName string

@description('Who may read and write blobs, queues and tables.')
param principalId string

var deploymentContainerName = 'deployments'
var queueNames = ['preempt-commands', 'preempt-commands-poison', 'preempt-events']
var roles = [
  {
    // The Functions host asks for this one, and for no less: leases, keys and packages are blobs.
    id: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
    description: 'Storage Blob Data Owner: the host\'s leases and keys, large messages, and the app\'s package.'
  }
  {
    id: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
    description: 'Storage Queue Data Contributor: the control and work-item queues, and the queues of commands and events.'
  }
  {
    id: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
    description: 'Storage Table Data Contributor: history, instances, and the cancellation feed.'
  }
]

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

resource deploymentContainer 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = {
  parent: blobs
  name: deploymentContainerName
  properties: { publicAccess: 'None' }
}

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

@description('The container of the app\'s packages.')
output deploymentContainer string = deploymentContainer.name

@description('Where its queues are.')
output queueEndpoint string = account.properties.primaryEndpoints.queue
