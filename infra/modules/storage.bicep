// What the Functions host keeps: the deployed package, its leases and its own keys. No user's data.
@description('The storage account\'s name: 3 to 24 lower-case letters and digits, free in all of Azure.')
@minLength(3)
@maxLength(24)
param name string

@description('The Log Analytics workspace that writes and deletions are logged in.')
param workspaceId string

@description('Whether it is reached from outside a virtual network.')
param publicNetworkAccess bool

@description('Its region.')
param location string

@description('Its tags.')
param tags object

resource storageAccount 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  properties: {
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: publicNetworkAccess ? 'Enabled' : 'Disabled'
    networkAcls: {
      defaultAction: publicNetworkAccess ? 'Allow' : 'Deny'
      bypass: 'None'
    }
  }
}

resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2025-01-01' = {
  parent: storageAccount
  name: 'default'
}

// A new package is new code: who wrote or deleted a blob, from where, and how they signed in.
resource changes 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: blobService
  name: 'changes'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'StorageWrite'
        enabled: true
      }
      {
        category: 'StorageDelete'
        enabled: true
      }
    ]
  }
}

resource deploymentContainer 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-01-01' = {
  parent: blobService
  name: 'app-package'
}

@description('The storage account\'s name.')
output name string = storageAccount.name

@description('The container that the deployed package is kept in.')
output deploymentContainerName string = deploymentContainer.name
