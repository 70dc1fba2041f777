// The function app on a Flex Consumption plan, with all settings of the code.
@description('The name of the function app. It is globally unique and part of the URL.')
@minLength(2)
@maxLength(60)
param name string

@description('The name of the plan.')
param planName string

@description('The managed identity of the app.')
param identityId string

@description('The client ID of this identity, with which the app and the host select it.')
param identityClientId string

@description('The storage account of the Functions host.')
param storageAccountName string

@description('The container for the deployed package.')
param deploymentContainerName string

@description('The Application Insights resource for telemetry.')
param applicationInsightsName string

@description('The vault with the client secret.')
param vaultUri string

@description('The name of the client secret in the vault.')
param secretName string

@description('The domain of the Auth0 tenant.')
param auth0Domain string

@description('The issuer of the callers\' tokens, if it is not the domain of the tenant.')
param auth0Issuer string

@description('The identifier of this API in Auth0.')
param auth0Audience string

@description('The organization whose tokens are accepted, or empty.')
param auth0Organization string

@description('The client ID of the machine-to-machine application.')
param auth0ClientId string

@description('The client ID of the application that users sign in to, or empty.')
param auth0LoginClientId string

@description('The custom domain of the links in emails, or empty.')
param auth0CustomDomain string

@description('The IDs of users who cannot be deleted, separated by commas, or as a JSON array if an ID contains a comma.')
param protectedUsers string

@description('The largest number of users in a planned deletion, or empty for 1000.')
param largestPlan string

@description('How long a planned deletion can be executed, such as 01:00:00, or empty for an hour.')
param planLifetime string

@description('Whether a second administrator has to approve a planned deletion: true, false, or empty for false.')
param planNeedsApproval string

@description('The origins that can call the API from a browser.')
param allowedOrigins string[]

@description('The maximum number of instances.')
param maximumInstanceCount int

@description('The memory of an instance, in MB.')
param instanceMemoryMB int

@description('The number of instances that are always warm.')
param alwaysReadyInstances int

@description('The OTLP endpoint for traces and metrics, or empty.')
param otlpEndpoint string

@description('The subnet of the app, or empty.')
param subnetId string

@description('The region.')
param location string

@description('The tags.')
param tags object

resource storageAccount 'Microsoft.Storage/storageAccounts@2026-06-01' existing = {
  name: storageAccountName
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
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
  }
}

resource functionApp 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storageAccount.properties.primaryEndpoints.blob}${deploymentContainerName}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
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
        alwaysReady: alwaysReadyInstances > 0 ? [
          {
            name: 'http'
            instanceCount: alwaysReadyInstances
          }
        ] : []
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      cors: {
        allowedOrigins: allowedOrigins
        supportCredentials: false
      }
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    properties: {
      Auth0__Domain: auth0Domain
      Auth0__Issuer: auth0Issuer
      Auth0__Audience: auth0Audience
      Auth0__Organization: auth0Organization
      Auth0__ClientId: auth0ClientId
      Auth0__LoginClientId: auth0LoginClientId
      Auth0__CustomDomain: auth0CustomDomain
      KeyVault__Uri: vaultUri
      KeyVault__ClientSecretName: secretName
      Users__Protected: protectedUsers
      Users__LargestPlan: largestPlan
      Users__PlanLifetime: planLifetime
      Users__PlanNeedsApproval: planNeedsApproval
      AZURE_CLIENT_ID: identityClientId
      OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint

      // Settings of the Functions host: no home page, its storage account, its telemetry and its identity.
      AzureWebJobsDisableHomepage: 'true'
      AzureWebJobsStorage__blobServiceUri: storageAccount.properties.primaryEndpoints.blob
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identityClientId
      APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsights.properties.ConnectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
    }
  }

  // Deployment requires signing in. There is no publishing password.
  resource publishingPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: {
      allow: false
    }
  }
}

@description('The name of the function app.')
output name string = functionApp.name

@description('The URL of the function app.')
output url string = 'https://${functionApp.properties.defaultHostName}'
