metadata description = 'What azd deploys: the resource group, and in it what infra/bicep describes.'

targetScope = 'subscription'

@description('The azd environment: names the resource group and every resource.')
@minLength(2)
@maxLength(20)
param environmentName string

@description('The Azure region of all resources.')
param location string

@description('Who reaches what: see infra/bicep/main.bicep.')
@allowed(['public', 'integrated', 'private'])
param network string

@description('What keeps the state: see infra/bicep/main.bicep.')
@allowed(['storage', 'scheduler'])
param durableBackend string

var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module preempt '../bicep/main.bicep' = {
  name: 'preempt'
  scope: group
  params: {
    environmentName: environmentName
    location: location
    tags: tags
    network: network
    durableBackend: durableBackend
  }
}

@description('The resource group, for azd.')
output AZURE_RESOURCE_GROUP string = group.name

@description('The function app.')
output PREEMPT_FUNCTION_APP string = preempt.outputs.functionAppName

@description('Where the HTTP API is; the CLI and the end-to-end tests read it.')
output PREEMPT_BASE_URL string = preempt.outputs.baseUrl
