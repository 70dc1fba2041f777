// The vault. It contains only the client secret of Auth0.
@description('The name of the vault: 3 to 24 letters, digits and hyphens, globally unique.')
@minLength(3)
@maxLength(24)
param name string

@description('The name of the client secret in the vault.')
param secretName string

@description('The client secret. Empty: the secret in the vault is not changed.')
@secure()
param clientSecret string

@description('The Log Analytics workspace for audit events.')
param workspaceId string

@description('Whether the vault accepts requests from outside the virtual network.')
param publicNetworkAccess bool

@description('The region.')
param location string

@description('The tags.')
param tags object

resource vault 'Microsoft.KeyVault/vaults@2026-05-15' = {
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

resource secret 'Microsoft.KeyVault/vaults/secrets@2026-05-15' = if (!empty(clientSecret)) {
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

// A role on this secret requires that it exists. The first version is a disabled placeholder. It never replaces an existing secret.
@onlyIfNotExists()
resource placeholder 'Microsoft.KeyVault/vaults/secrets@2026-05-15' = if (empty(clientSecret)) {
  parent: vault
  name: secretName
  properties: {
    value: 'Set this secret with az keyvault secret set.'
    attributes: {
      enabled: false
    }
  }
}

// Logs all access to the secret, including rejected access.
#disable-next-line use-recent-api-versions // The stable version is from 2016.
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

@description('The name of the vault.')
output name string = vault.name

@description('The URI of the vault.')
output uri string = vault.properties.vaultUri
