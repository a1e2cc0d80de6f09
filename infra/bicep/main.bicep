metadata description = 'Preempt on Azure Functions: a Flex Consumption app that reaches its storage and its telemetry by identity alone.'

targetScope = 'resourceGroup'

@description('The name of the environment, which is part of every resource name: lower-case letters, digits and hyphens.')
@minLength(2)
@maxLength(20)
param environmentName string

@description('The Azure region of all resources.')
param location string = resourceGroup().location

@description('Tags of every resource, beside `preempt-environment`.')
param tags object = {}

@description('The most instances that the plan runs.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Memory of an instance, in MB. It also decides the CPU of an instance.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Instances of the durable functions that are never scaled in: without one, the first start after a quiet time is slow.')
@minValue(0)
@maxValue(20)
param alwaysReadyInstances int = 0

@description('Whether instances and storage are spread over the zones of the region.')
param zoneRedundant bool = false

@description('The network access. `public`: public addresses, protected by identities and keys. `integrated`: storage and scheduler only from the app\'s virtual network. `private`: the app as well.')
@allowed(['public', 'integrated', 'private'])
param network string = 'public'

@description('The address range of the virtual network; /24 or larger. Only for `integrated` and `private`.')
param addressPrefix string = '10.70.0.0/24'

@description('The backend for the state of orchestrations and entities: the app\'s storage account, or a Durable Task Scheduler.')
@allowed(['storage', 'scheduler'])
param durableBackend string = 'storage'

@description('The plan of the Durable Task Scheduler.')
@allowed(['Consumption', 'Dedicated'])
param schedulerSku string = 'Consumption'

@description('The task hub, which has all state of the app. Two apps must not share one.')
@minLength(3)
@maxLength(45)
param taskHubName string = 'PreemptHub'

@description('The client id of an Entra app registration. With one, every call except the health check and the dashboard\'s page needs a token for it, beside the function key. Empty: only keys are needed.')
param entraClientId string = ''

@description('The audiences that a token may have; by default the client id and `api://` with it.')
param entraAudiences string[] = []

@description('The object ids of the allowed users and applications. Everybody who is neither here nor in a group below gets 403; if both lists are empty, everybody does.')
param entraAllowedIdentities string[] = []

@description('The object ids of groups whose members are allowed. The app registration must put groups into its tokens.')
param entraAllowedGroups string[] = []

@description('Whether the lab workflows can be started: they are for tests.')
param enableLab bool = false

@description('Further settings of the app. No secrets: everybody who may read the app can read them.')
param appSettings object = {}

@description('The e-mail addresses that get the alerts.')
param alertEmails string[] = []

@description('An alert is raised when more runs than this fail in 15 minutes.')
@minValue(0)
param failedRunsThreshold int = 5

@description('How many seconds a run may wait for its gates before an alert is raised.')
@minValue(1)
param queueAgeThresholdSeconds int = 900

@description('How many seconds a run may take to stop before an alert is raised.')
@minValue(1)
param stopLatencyThresholdSeconds int = 60

@description('Days for which logs and metrics are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('The most telemetry in a day, in GB; -1 for no limit.')
@minValue(-1)
param logDailyQuotaGB int = -1

var suffix = uniqueString(resourceGroup().id, environmentName)
var names = {
  identity: 'id-${environmentName}-${suffix}'
  deployer: 'id-${environmentName}-deploy-${suffix}'
  storage: 'st${take(replace(environmentName, '-', ''), 9)}${suffix}'
  packages: 'stp${take(replace(environmentName, '-', ''), 8)}${suffix}'
  workspace: 'log-${environmentName}-${suffix}'
  insights: 'appi-${environmentName}-${suffix}'
  plan: 'plan-${environmentName}-${suffix}'
  app: 'func-${environmentName}-${suffix}'
  network: 'vnet-${environmentName}-${suffix}'
  scheduler: 'dts-${environmentName}-${suffix}'
  actionGroup: 'ag-${environmentName}-${suffix}'
}
var allTags = union(tags, { 'preempt-environment': environmentName })
var hasNetwork = network != 'public'
var hasScheduler = durableBackend == 'scheduler'
var packageContainer = 'deployments'
// What the app may with its storage. Each role is the least that the platform lists for what its reason names.
var stateRoles = [
  {
    id: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
    description: 'Storage Blob Data Owner: the Functions host needs it for its leases and keys; large messages of the engine are blobs too.'
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
var packageRoles = [
  {
    id: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
    description: 'Storage Blob Data Contributor: the platform uploads and downloads packages as this identity.'
  }
]

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: names.identity
  location: location
  tags: allTags
}

// Code of the app has no business with packages: whoever can change one can change the app. The platform, which has, comes as another identity.
resource deployer 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: names.deployer
  location: location
  tags: allTags
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    location: location
    tags: allTags
    workspaceName: names.workspace
    insightsName: names.insights
    retentionDays: logRetentionDays
    dailyQuotaGB: logDailyQuotaGB
    identityName: identity.name
    principalId: identity.properties.principalId
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    location: location
    tags: allTags
    name: names.storage
    zoneRedundant: zoneRedundant
    isPrivate: hasNetwork
    identityName: identity.name
    principalId: identity.properties.principalId
    containerNames: []
    queueNames: ['preempt-commands', 'preempt-commands-poison', 'preempt-events']
    roles: stateRoles
  }
}

module packages 'modules/storage.bicep' = {
  name: 'packages'
  params: {
    location: location
    tags: allTags
    name: names.packages
    zoneRedundant: zoneRedundant
    isPrivate: hasNetwork
    identityName: deployer.name
    principalId: deployer.properties.principalId
    containerNames: [packageContainer]
    queueNames: []
    roles: packageRoles
  }
}

module vnet 'modules/network.bicep' = if (hasNetwork) {
  name: 'network'
  params: {
    location: location
    tags: allTags
    name: names.network
    addressPrefix: addressPrefix
    storageName: names.storage
    packagesName: names.packages
  }
  dependsOn: [storage, packages]
}

module scheduler 'modules/scheduler.bicep' = if (hasScheduler) {
  name: 'scheduler'
  params: {
    location: location
    tags: allTags
    name: names.scheduler
    skuName: schedulerSku
    isPrivate: hasNetwork
    taskHubName: taskHubName
    identityName: identity.name
    principalId: identity.properties.principalId
  }
}

module schedulerEndpoint 'modules/endpoint.bicep' = if (hasNetwork && hasScheduler) {
  name: 'scheduler-endpoint'
  params: {
    location: location
    tags: allTags
    targetId: scheduler.?outputs.id ?? ''
    targetName: names.scheduler
    group: 'scheduler'
    zoneName: 'privatelink.durabletask.io'
    networkName: names.network
    subnetId: vnet.?outputs.endpointSubnetId ?? ''
  }
}

module app 'modules/app.bicep' = {
  name: 'app'
  params: {
    location: location
    tags: allTags
    name: names.app
    planName: names.plan
    identityId: identity.id
    identityClientId: identity.properties.clientId
    storageName: names.storage
    deployerId: deployer.id
    packagesUrl: '${packages.outputs.blobEndpoint}${packageContainer}'
    insightsName: names.insights
    maximumInstanceCount: maximumInstanceCount
    instanceMemoryMB: instanceMemoryMB
    alwaysReadyInstances: alwaysReadyInstances
    zoneRedundant: zoneRedundant
    subnetId: vnet.?outputs.appSubnetId ?? ''
    isPrivate: network == 'private'
    taskHubName: taskHubName
    // Two underscores stand for a level of host.json. The connection string holds no secret.
    durableSettings: hasScheduler ? {
      AzureFunctionsJobHost__extensions__durableTask__storageProvider__type: 'azureManaged'
      AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName: 'DURABLE_TASK_SCHEDULER_CONNECTION_STRING'
      DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'Endpoint=${scheduler!.outputs.endpoint};Authentication=ManagedIdentity;ClientID=${identity.properties.clientId}'
    } : {}
    entraClientId: entraClientId
    entraAudiences: entraAudiences
    entraAllowedIdentities: entraAllowedIdentities
    entraAllowedGroups: entraAllowedGroups
    enableLab: enableLab
    appSettings: appSettings
  }
  dependsOn: [monitoring, storage]
}

module appEndpoint 'modules/endpoint.bicep' = if (network == 'private') {
  name: 'app-endpoint'
  params: {
    location: location
    tags: allTags
    targetId: app.outputs.id
    targetName: names.app
    group: 'sites'
    #disable-next-line no-hardcoded-env-urls // The zone of private links has this name in the public cloud, and nothing tells it.
    zoneName: 'privatelink.azurewebsites.net'
    networkName: names.network
    subnetId: vnet.?outputs.endpointSubnetId ?? ''
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    location: location
    tags: allTags
    environmentName: environmentName
    actionGroupName: names.actionGroup
    workspaceName: names.workspace
    emails: alertEmails
    failedRunsThreshold: failedRunsThreshold
    queueAgeThresholdSeconds: queueAgeThresholdSeconds
    stopLatencyThresholdSeconds: stopLatencyThresholdSeconds
  }
  dependsOn: [monitoring]
}

module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  params: {
    location: location
    tags: allTags
    displayName: 'Preempt: ${environmentName}'
    workspaceName: names.workspace
  }
  dependsOn: [monitoring]
}

@description('The function app to deploy to.')
output functionAppName string = app.outputs.name

@description('The address of the HTTP API.')
output baseUrl string = app.outputs.baseUrl

@description('The storage account of queues, tables and state.')
output storageAccountName string = names.storage

@description('The queue that takes commands.')
output commandsQueueUrl string = '${storage.outputs.queueEndpoint}preempt-commands'

@description('The identity that the app runs as: give it the roles that your steps need.')
output identityPrincipalId string = identity.properties.principalId

@description('Where to find logs, metrics and traces.')
output workspaceName string = names.workspace
