metadata description = 'The virtual network of the app, and the private endpoints of its storage accounts.'

@description('The Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('The name of the virtual network.')
param name string

@description('Its address range.')
param addressPrefix string

@description('The storage account to reach.')
param storageName string

@description('The storage account of the app\'s packages, to reach as well.')
param packagesName string

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageName
}

resource packages 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: packagesName
}

resource endpointRules 'Microsoft.Network/networkSecurityGroups@2024-05-01' = {
  name: 'nsg-${name}-endpoints'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'AllowHttpsFromNetwork'
        properties: {
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: 'VirtualNetwork'
          sourcePortRange: '*'
          destinationAddressPrefix: 'VirtualNetwork'
          destinationPortRange: '443'
        }
      }
      {
        name: 'DenyAllElse'
        properties: {
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 0)
          delegations: [
            {
              name: 'flex'
              properties: { serviceName: 'Microsoft.App/environments' }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 1)
          networkSecurityGroup: { id: endpointRules.id }
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
    ]
  }

  resource appSubnet 'subnets' existing = { name: 'app' }
  resource endpointSubnet 'subnets' existing = { name: 'endpoints' }
}

module endpoints 'endpoint.bicep' = [
  for service in ['blob', 'queue', 'table']: {
    name: 'storage-${service}'
    params: {
      location: location
      tags: tags
      targetId: storage.id
      targetName: storageName
      group: service
      zoneName: 'privatelink.${service}.${environment().suffixes.storage}'
      networkName: network.name
      subnetId: network::endpointSubnet.id
    }
  }
]

module packagesEndpoint 'endpoint.bicep' = {
  name: 'packages-blob'
  params: {
    location: location
    tags: tags
    targetId: packages.id
    targetName: packagesName
    group: 'blob'
    zoneName: 'privatelink.blob.${environment().suffixes.storage}'
    hasZone: true
    networkName: network.name
    subnetId: network::endpointSubnet.id
  }
  dependsOn: [endpoints]
}

@description('The subnet that the app sends from.')
output appSubnetId string = network::appSubnet.id

@description('The subnet of private endpoints.')
output endpointSubnetId string = network::endpointSubnet.id
