// The function app and everything it needs, in one resource group. README.md beside this file says why.
targetScope = 'resourceGroup'

@description('The environment\'s name, such as production: part of the hash in every name.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('The region of everything. It must have Flex Consumption: az functionapp list-flexconsumption-locations.')
@minLength(1)
@metadata({ azd: { type: 'location' } })
param location string

@description('The Auth0 tenant\'s domain, such as tenant.eu.auth0.com: no scheme, no slash.')
@minLength(1)
param auth0Domain string

@description('The identifier of this API in Auth0, such as https://admin.example.com/api.')
@minLength(1)
param auth0Audience string

@description('The client id of the machine-to-machine application that may use the Management API.')
@minLength(1)
param auth0ClientId string

@description('Who issues the callers\' tokens, if that is a custom domain: https://login.example.com/. Empty for the tenant itself.')
param auth0Issuer string = ''

@description('The one Auth0 organization whose members\' tokens are let in, by its id, org_…. Members who have the permissions there administer the whole tenant. Empty: tokens of organizations are refused.')
param auth0Organization string = ''

@description('That application\'s client secret, to be stored in the vault. Empty: the vault\'s secret stays as it is, and you set it with az keyvault secret set.')
@secure()
param auth0ClientSecret string = ''

@description('The client secret\'s name in the vault.')
@minLength(1)
@maxLength(127)
param clientSecretName string = 'auth0-client-secret'

@description('IDs of users that are never deleted, separated by commas, or a JSON array if an ID contains a comma.')
param protectedUsers string = ''

@description('Origins of the front ends that browsers may call from, separated by commas: https://admin.example.com. An asterisk is refused.')
param allowedOrigins string = ''

@description('How far the app scales out. Each instance has a management client and a token of its own, and all share the tenant\'s rate limit: more instances than that limit feeds only get more refusals.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 5

@description('Memory of an instance, in MB. CPU comes with it, and so does the number of calls that an instance takes at once.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Instances that are kept warm, and paid for, whether called or not. 0 means that the first call after a pause waits for a cold start.')
@minValue(0)
@maxValue(20)
param alwaysReadyInstances int = 0

@description('How many days the log of the functions is kept, and with it the audit trail of deletions.')
@minValue(30)
@maxValue(730)
param auditRetentionDays int = 365

@description('Where traces and metrics are sent by OTLP, such as https://collector.example.com:4317. Empty: nowhere.')
param otlpEndpoint string = ''

@description('Puts storage and vault behind private endpoints in a virtual network that the function app joins. The vault is then closed to az keyvault secret set from outside.')
param privateNetwork bool = false

@description('Object id of the person or identity that deploys. A person (deployerType User) may then write the vault\'s secrets; empty: nobody new may.')
param deployerId string = ''

@description('What deployerId is. A workflow\'s identity (ServicePrincipal) gets no role: it has no secret to store.')
@allowed(['User', 'ServicePrincipal'])
param deployerType string = 'User'

@description('Names in place of the conventional ones. Storage account, vault and function app need names that are free in all of Azure.')
param names {
  identity: string?
  logAnalytics: string?
  applicationInsights: string?
  @minLength(3)
  @maxLength(24)
  storageAccount: string?
  @minLength(3)
  @maxLength(24)
  keyVault: string?
  virtualNetwork: string?
  plan: string?
  @minLength(2)
  @maxLength(60)
  functionApp: string?
} = {}

@description('Tags for everything.')
param tags object = {}

var token = uniqueString(subscription().id, environmentName, location)
var allTags = union(tags, { 'azd-env-name': environmentName })

// An origin that is anyone's would let every page on the web call with its visitor's token.
var origins = contains(allowedOrigins, '*')
  ? fail('allowedOrigins is a list of origins such as https://admin.example.com, separated by commas: an asterisk is refused.')
  : filter(map(split(allowedOrigins, ','), origin => trim(origin)), origin => !empty(origin))

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: {
    name: names.?identity ?? 'id-${token}'
    location: location
    tags: allTags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    workspaceName: names.?logAnalytics ?? 'log-${token}'
    applicationInsightsName: names.?applicationInsights ?? 'appi-${token}'
    auditRetentionDays: auditRetentionDays
    location: location
    tags: allTags
  }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  params: {
    name: names.?storageAccount ?? 'st${token}'
    workspaceId: monitoring.outputs.workspaceId
    publicNetworkAccess: !privateNetwork
    location: location
    tags: allTags
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  params: {
    name: names.?keyVault ?? 'kv-${token}'
    secretName: clientSecretName
    clientSecret: auth0ClientSecret
    workspaceId: monitoring.outputs.workspaceId
    publicNetworkAccess: !privateNetwork
    location: location
    tags: allTags
  }
}

module roles 'modules/roles.bicep' = {
  name: 'roles'
  params: {
    principalId: identity.outputs.principalId
    storageAccountName: storage.outputs.name
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    vaultName: vault.outputs.name
    secretName: clientSecretName
    vaultWriterId: deployerType == 'User' ? deployerId : ''
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  name: 'network'
  params: {
    name: names.?virtualNetwork ?? 'vnet-${token}'
    storageAccountName: storage.outputs.name
    vaultName: vault.outputs.name
    location: location
    tags: allTags
  }
}

module functionApp 'modules/function-app.bicep' = {
  name: 'function-app'
  // A worker that starts before its roles are there would log failures for as long as they take to spread.
  dependsOn: [roles]
  params: {
    name: names.?functionApp ?? 'func-${token}'
    planName: names.?plan ?? 'plan-${token}'
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageAccountName: storage.outputs.name
    deploymentContainerName: storage.outputs.deploymentContainerName
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    vaultUri: vault.outputs.uri
    secretName: clientSecretName
    auth0Domain: auth0Domain
    auth0Issuer: auth0Issuer
    auth0Audience: auth0Audience
    auth0Organization: auth0Organization
    auth0ClientId: auth0ClientId
    protectedUsers: protectedUsers
    allowedOrigins: origins
    maximumInstanceCount: maximumInstanceCount
    instanceMemoryMB: instanceMemoryMB
    alwaysReadyInstances: alwaysReadyInstances
    otlpEndpoint: otlpEndpoint
    subnetId: privateNetwork ? network!.outputs.functionsSubnetId : ''
    location: location
    tags: allTags
  }
}

@description('The function app.')
output AZURE_FUNCTION_APP_NAME string = functionApp.outputs.name

@description('Where it serves: /api/health, /api/users.')
output AZURE_FUNCTION_APP_URL string = functionApp.outputs.url

@description('The vault that the client secret is set in.')
output AZURE_KEY_VAULT_NAME string = vault.outputs.name

@description('That vault\'s address, the setting KeyVault__Uri.')
output AZURE_KEY_VAULT_URI string = vault.outputs.uri
