metadata description = 'The function app on a Flex Consumption plan of its own.'

@description('The Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('The name of the app.')
param name string

@description('The name of its plan.')
param planName string

@description('The identity that the app runs as: its resource id.')
param identityId string

@description('The identity that the app runs as: its client id.')
param identityClientId string

@description('The storage account.')
param storageName string

@description('The identity that the platform uses for the app\'s packages: its resource id.')
param deployerId string

@description('The address of the container for packages.')
param packagesUrl string

@description('The Application Insights component.')
param insightsName string

@description('The most instances.')
param maximumInstanceCount int

@description('Memory of an instance, in MB.')
param instanceMemoryMB int

@description('Instances of the durable functions that are never scaled in.')
param alwaysReadyInstances int

@description('Whether instances are spread over the zones of the region.')
param zoneRedundant bool

@description('The subnet that the app sends from; empty for none.')
param subnetId string

@description('Whether the app can be reached only by its private endpoint.')
param isPrivate bool

@description('The task hub.')
param taskHubName string

@description('Settings of a backend other than the storage account.')
param durableSettings object

@description('The client id of the Entra app registration; empty for none.')
param entraClientId string

@description('The audiences that a token may have.')
param entraAudiences string[]

@description('The object ids of the allowed users and applications.')
param entraAllowedIdentities string[]

@description('The object ids of groups whose members are allowed.')
param entraAllowedGroups string[]

@description('Whether the lab workflows can be started.')
param enableLab bool

@description('Further settings.')
param appSettings object

var storageSettings = {
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  AzureWebJobsStorage__blobServiceUri: storage.properties.primaryEndpoints.blob
  AzureWebJobsStorage__queueServiceUri: storage.properties.primaryEndpoints.queue
  AzureWebJobsStorage__tableServiceUri: storage.properties.primaryEndpoints.table
}
// A connection string of Application Insights is an address. Without an identity it lets nobody send, since local auth is off.
var telemetrySettings = {
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
}
var productSettings = {
  AzureFunctionsJobHost__extensions__durableTask__hubName: taskHubName
  Preempt__Lab: string(enableLab)
}

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: name
  location: location
  // azd finds the app that a service is deployed to by this tag.
  tags: union(tags, { 'azd-service-name': 'functions' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {}, '${deployerId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packagesUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: deployerId
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        maximumInstanceCount: maximumInstanceCount
        instanceMemoryMB: instanceMemoryMB
        alwaysReady: alwaysReadyInstances == 0 ? [] : [{ name: 'durable', instanceCount: alwaysReadyInstances }]
      }
    }
  }

  resource settings 'config' = {
    name: 'appsettings'
    properties: union(appSettings, storageSettings, telemetrySettings, productSettings, durableSettings)
  }

  // Deployments come with an identity: no user name and password of a publish profile is taken.
  resource ftpPublishing 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scmPublishing 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource entra 'config' = if (!empty(entraClientId)) {
    name: 'authsettingsV2'
    properties: {
      platform: { enabled: true }
      globalValidation: {
        requireAuthentication: true
        unauthenticatedClientAction: 'Return401'
        // The dashboard holds no data: what it shows it asks for, as whoever has signed in.
        excludedPaths: ['/api/health', '/api/dashboard']
      }
      httpSettings: { requireHttps: true }
      identityProviders: {
        azureActiveDirectory: {
          enabled: true
          registration: {
            clientId: entraClientId
            openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
          }
          validation: {
            allowedAudiences: empty(entraAudiences) ? [entraClientId, 'api://${entraClientId}'] : entraAudiences
            // Empty lists would let in whoever is in the tenant: then only nobody, who has this id, is on them.
            defaultAuthorizationPolicy: {
              allowedPrincipals: {
                identities: empty(entraAllowedIdentities) && empty(entraAllowedGroups) ? ['00000000-0000-0000-0000-000000000000'] : entraAllowedIdentities
                groups: entraAllowedGroups
              }
            }
          }
        }
      }
      // Programs bring tokens, and people who look at the dashboard sign in. The app needs no token of theirs, so none is kept.
      login: { tokenStore: { enabled: false } }
    }
  }
}

@description('The app\'s resource id.')
output id string = app.id

@description('The app.')
output name string = app.name

@description('The address of the HTTP API.')
output baseUrl string = 'https://${app.properties.defaultHostName}'
