// A virtual network with a subnet for the function app and one for the private endpoints of storage and vault.
@description('The name of the virtual network.')
param name string

@description('The storage account that gets a private endpoint.')
param storageAccountName string

@description('The vault that gets a private endpoint.')
param vaultName string

@description('The region.')
param location string

@description('The tags.')
param tags object

resource storageAccount 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
  name: storageAccountName
}

resource vault 'Microsoft.KeyVault/vaults@2026-05-15' existing = {
  name: vaultName
}

resource virtualNetwork 'Microsoft.Network/virtualNetworks@2026-03-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: ['10.0.0.0/16']
    }
    subnets: [
      {
        name: 'private-endpoints'
        properties: {
          addressPrefix: '10.0.1.0/24'
        }
      }
      {
        name: 'functions'
        properties: {
          addressPrefix: '10.0.2.0/24'
          delegations: [
            {
              name: 'Microsoft.App.environments'
              properties: {
                serviceName: 'Microsoft.App/environments'
              }
            }
          ]
        }
      }
    ]
  }

  resource endpoints 'subnets' existing = {
    name: 'private-endpoints'
  }

  resource functions 'subnets' existing = {
    name: 'functions'
  }
}

module storageEndpoint 'private-endpoint.bicep' = {
  name: 'storage-endpoint'
  params: {
    name: 'pep-${storageAccountName}'
    targetId: storageAccount.id
    groupId: 'blob'
    zoneName: 'privatelink.blob.${environment().suffixes.storage}'
    virtualNetworkId: virtualNetwork.id
    subnetId: virtualNetwork::endpoints.id
    location: location
    tags: tags
  }
}

module vaultEndpoint 'private-endpoint.bicep' = {
  name: 'vault-endpoint'
  params: {
    name: 'pep-${vaultName}'
    targetId: vault.id
    groupId: 'vault'
    zoneName: 'privatelink.vaultcore.azure.net'
    virtualNetworkId: virtualNetwork.id
    subnetId: virtualNetwork::endpoints.id
    location: location
    tags: tags
  }
}

@description('The subnet of the function app. It depends on both endpoints, so that the app starts after them.')
output functionsSubnetId string = virtualNetwork::functions.id
