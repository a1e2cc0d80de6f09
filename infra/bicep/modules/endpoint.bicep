metadata description = 'One private endpoint, and the zone that leads to it by name.'

@description('The Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('The resource to reach.')
param targetId string

@description('The name of that resource.')
param targetName string

@description('Which part of it to reach: `blob`, `queue`, `table`, `sites` or `scheduler`.')
param group string

@description('The private zone of its names.')
param zoneName string

@description('Whether that zone exists already, and is linked to the network.')
param hasZone bool = false

@description('The virtual network that resolves the names.')
param networkName string

@description('The subnet of the endpoint.')
param subnetId string

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' existing = {
  name: networkName
}

resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = {
  name: 'pe-${targetName}-${group}'
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      {
        name: group
        properties: {
          privateLinkServiceId: targetId
          groupIds: [group]
        }
      }
    ]
  }
}

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = if (!hasZone) {
  name: zoneName
  location: 'global'
  tags: tags
}

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = if (!hasZone) {
  parent: zone
  name: networkName
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: { id: network.id }
  }
}

resource records 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = {
  parent: endpoint
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: group
        properties: { privateDnsZoneId: resourceId('Microsoft.Network/privateDnsZones', zoneName) }
      }
    ]
  }
  dependsOn: [zone]
}
