// The function app and all its resources, in one resource group. README.md explains the choices.
targetScope = 'resourceGroup'

@description('The name of the environment, such as production. It is part of the hash in every resource name.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('The region of all resources. It must support Flex Consumption: az functionapp list-flexconsumption-locations.')
@minLength(1)
@metadata({ azd: { type: 'location' } })
param location string

@description('The domain of the Auth0 tenant, such as tenant.eu.auth0.com, without a scheme or a slash.')
@minLength(1)
param auth0Domain string

@description('The identifier of this API in Auth0, such as https://admin.example.com/api.')
@minLength(1)
param auth0Audience string

@description('The client ID of the machine-to-machine application that can use the Management API.')
@minLength(1)
param auth0ClientId string

@description('The issuer of callers\' tokens, if it is a custom domain: https://login.example.com/. Empty: the domain of the tenant.')
param auth0Issuer string = ''

@description('The ID (org_…) of the organization whose members administer the whole tenant. Empty: tokens of organizations are rejected.')
param auth0Organization string = ''

@description('The client ID of the application that users sign in to, for the emails that Auth0 sends. Empty: Auth0\'s defaults.')
param auth0LoginClientId string = ''

@description('The custom domain of the links in emails, if the tenant has several: login.example.com. Empty: the tenant\'s default domain.')
param auth0CustomDomain string = ''

@description('The client secret to store in the vault. Empty: the secret is not changed; set it with az keyvault secret set.')
@secure()
param auth0ClientSecret string = ''

@description('The name of the client secret in the vault.')
@minLength(1)
@maxLength(127)
param clientSecretName string = 'auth0-client-secret'

@description('The IDs of users who cannot be deleted, separated by commas, or as a JSON array if an ID contains a comma.')
param protectedUsers string = ''

@description('The largest number of users in a planned deletion, or empty for 1000.')
param largestPlan string = ''

@description('How long a planned deletion can be executed, such as 01:00:00, or empty for an hour.')
param planLifetime string = ''

@description('Whether a second administrator has to approve a planned deletion: true, false, or empty for false.')
param planNeedsApproval string = ''

@description('The origins of front ends that can call the API, separated by commas: https://admin.example.com. An asterisk is not allowed.')
param allowedOrigins string = ''

@description('Whether to deploy a static web app for the dashboard in samples/dashboard and allow its origin.')
param deployDashboard bool = false

@description('The client ID of the single-page application in Auth0 that the dashboard signs in with. Required with deployDashboard.')
param dashboardClientId string = ''

@description('The region of the static web app. Fewer regions support it; the files are served worldwide.')
param dashboardLocation string = 'westeurope'

@description('The maximum number of instances. All share the rate limit of the tenant, so too many cause more rejected calls.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 5

@description('The memory of an instance, in MB. It also determines the CPU and the number of concurrent calls.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('The number of instances that are always warm, and billed. With 0, the first call after a pause waits for a cold start.')
@minValue(0)
@maxValue(20)
param alwaysReadyInstances int = 0

@description('The number of days to keep the log of the functions, including the audit trail.')
@minValue(30)
@maxValue(730)
param auditRetentionDays int = 365

@description('The address that gets email about what needs attention. Empty: no alert rules and no availability test.')
param alertEmail string = ''

@description('How many deletions by one actor in an hour are normal. A larger number raises an alert.')
@minValue(1)
param deletionsPerHour int = 100

@description('The OTLP endpoint for traces and metrics, such as https://collector.example.com:4317. Empty: no export.')
param otlpEndpoint string = ''

@description('Whether storage and vault have private endpoints. If so, az keyvault secret set fails from outside the virtual network.')
param privateNetwork bool = false

@description('The object ID of the deploying person or identity. A person (deployerType User) can then write secrets. Empty: no role.')
param deployerId string = ''

@description('The type of deployerId. The identity of a workflow (ServicePrincipal) gets no role, because it stores no secret.')
@allowed(['User', 'ServicePrincipal'])
param deployerType string = 'User'

@description('Names to use instead of the conventional ones. Those of the storage account, vault and function app must be globally unique.')
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
  dashboard: string?
} = {}

@description('The tags of all resources.')
param tags object = {}

var token = uniqueString(subscription().id, environmentName, location)
var allTags = union(tags, { 'azd-env-name': environmentName })

// With an asterisk, every website could call the API with the token of its visitor.
var origins = contains(allowedOrigins, '*')
  ? fail('allowedOrigins must be a list of origins such as https://admin.example.com, separated by commas. An asterisk is not allowed.')
  : filter(map(split(allowedOrigins, ','), origin => trim(origin)), origin => !empty(origin))

var dashboardApplication = deployDashboard && empty(dashboardClientId)
  ? fail('deployDashboard requires dashboardClientId, the client ID of a single-page application in Auth0.')
  : dashboardClientId

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

module dashboard 'modules/dashboard.bicep' = if (deployDashboard) {
  name: 'dashboard'
  params: {
    name: names.?dashboard ?? 'stapp-${token}'
    location: dashboardLocation
    tags: allTags
  }
}

module functionApp 'modules/function-app.bicep' = {
  name: 'function-app'
  // Deploy the app after its roles. Otherwise it fails until the role assignments take effect.
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
    auth0LoginClientId: auth0LoginClientId
    auth0CustomDomain: auth0CustomDomain
    protectedUsers: protectedUsers
    largestPlan: largestPlan
    planLifetime: planLifetime
    planNeedsApproval: planNeedsApproval
    allowedOrigins: deployDashboard ? concat(origins, [dashboard!.outputs.origin]) : origins
    maximumInstanceCount: maximumInstanceCount
    instanceMemoryMB: instanceMemoryMB
    alwaysReadyInstances: alwaysReadyInstances
    otlpEndpoint: otlpEndpoint
    subnetId: privateNetwork ? network!.outputs.functionsSubnetId : ''
    location: location
    tags: allTags
  }
}

module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  params: {
    displayName: 'AdminFunctions (${environmentName})'
    workspaceId: monitoring.outputs.workspaceId
    location: location
    tags: allTags
  }
}

module alerts 'modules/alerts.bicep' = if (!empty(alertEmail)) {
  name: 'alerts'
  params: {
    email: alertEmail
    deletionsPerHour: deletionsPerHour
    maximumInstanceCount: maximumInstanceCount
    workspaceId: monitoring.outputs.workspaceId
    applicationInsightsName: monitoring.outputs.applicationInsightsName
    url: functionApp.outputs.url
    suffix: token
    location: location
    tags: allTags
  }
}

@description('The function app.')
output AZURE_FUNCTION_APP_NAME string = functionApp.outputs.name

@description('The URL of the function app, for /api/health and /api/users.')
output AZURE_FUNCTION_APP_URL string = functionApp.outputs.url

@description('The name of the vault for the client secret.')
output AZURE_KEY_VAULT_NAME string = vault.outputs.name

@description('The URI of the vault, for the setting KeyVault__Uri.')
output AZURE_KEY_VAULT_URI string = vault.outputs.uri

@description('The name of the static web app, or empty.')
output AZURE_DASHBOARD_NAME string = deployDashboard ? dashboard!.outputs.name : ''

@description('The origin of the dashboard, for the URLs in Auth0, or empty.')
output AZURE_DASHBOARD_URL string = deployDashboard ? dashboard!.outputs.origin : ''

// infra/dashboard/deploy.mjs reads these, because azd does not store its prompts in the environment.
@description('The domain of the Auth0 tenant.')
output AUTH0_DOMAIN string = auth0Domain

@description('The issuer of callers\' tokens, or empty.')
output AUTH0_ISSUER string = auth0Issuer

@description('The identifier of this API in Auth0.')
output AUTH0_AUDIENCE string = auth0Audience

@description('The client ID of the single-page application, or empty.')
output DASHBOARD_CLIENT_ID string = dashboardApplication
