// The vault that holds Auth0's client secret and nothing else.
@description('The vault\'s name: 3 to 24 letters, digits and hyphens, free in all of Azure.')
@minLength(3)
@maxLength(24)
param name string

@description('The client secret\'s name in the vault.')
param secretName string

@description('The client secret. Empty: the vault\'s stays as it is.')
@secure()
param clientSecret string

@description('The Log Analytics workspace that audit events go to.')
param workspaceId string

@description('Whether the vault is reached from outside a virtual network.')
param publicNetworkAccess bool

@description('Its region.')
param location string

@description('Its tags.')
param tags object

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: publicNetworkAccess ? 'Enabled' : 'Disabled'
    networkAcls: {
      defaultAction: publicNetworkAccess ? 'Allow' : 'Deny'
      bypass: 'None'
    }
  }
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(clientSecret)) {
  parent: vault
  name: secretName
  properties: {
    value: clientSecret
    contentType: 'Client secret of the Auth0 machine-to-machine application'
    attributes: {
      enabled: true
    }
  }
}

// Roles on this one secret need it to exist. A first version that is disabled serves nobody, and never replaces a secret that is there.
@onlyIfNotExists()
resource placeholder 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (empty(clientSecret)) {
  parent: vault
  name: secretName
  properties: {
    value: 'Set this secret with az keyvault secret set.'
    attributes: {
      enabled: false
    }
  }
}

// Who read the secret, and who was refused.
resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'audit'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'AuditEvent'
        enabled: true
      }
    ]
  }
}

@description('The vault\'s name.')
output name string = vault.name

@description('The vault\'s address.')
output uri string = vault.properties.vaultUri
