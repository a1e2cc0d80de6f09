metadata description = 'A Durable Task Scheduler with one task hub, and the right to use that hub.'

@description('The Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('The name of the scheduler.')
param name string

@description('Its plan.')
param skuName string

@description('Whether it can be reached only by its private endpoint.')
param isPrivate bool

@description('The task hub.')
param taskHubName string

@description('The identity of the app: its name, which the names of role assignments are made of.')
param identityName string

@description('The identity that may use the task hub.')
param principalId string

var durableTaskDataContributor = '0ad04412-c4d5-4796-b79c-f76d14c8d402'

resource scheduler 'Microsoft.DurableTask/schedulers@2026-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    sku: skuName == 'Dedicated' ? { name: skuName, capacity: 1 } : { name: skuName }
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    // An empty list lets nobody in from outside. Where it is open, callers still need a token and a role.
    ipAllowlist: isPrivate ? [] : ['0.0.0.0/0']
  }
}

resource taskHub 'Microsoft.DurableTask/schedulers/taskHubs@2026-02-01' = {
  parent: scheduler
  name: taskHubName
}

resource contributor 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(taskHub.id, identityName, durableTaskDataContributor)
  scope: taskHub
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', durableTaskDataContributor)
    description: 'Durable Task Data Contributor: runs and gates are kept in this task hub, and in no other.'
  }
}

@description('The scheduler\'s resource id.')
output id string = scheduler.id

@description('The address of the scheduler.')
output endpoint string = scheduler.properties.endpoint
