// The function app on a Flex Consumption plan, with every setting that the code reads.
@description('The function app\'s name, free in all of Azure: part of its address.')
@minLength(2)
@maxLength(60)
param name string

@description('The plan\'s name.')
param planName string

@description('The identity that the app has.')
param identityId string

@description('That identity\'s client id: what the app and the host choose it by.')
param identityClientId string

@description('The storage account that the Functions host works in.')
param storageAccountName string

@description('The container there that the deployed package is kept in.')
param deploymentContainerName string

@description('Where telemetry is sent.')
param applicationInsightsName string

@description('The vault with the client secret.')
param vaultUri string

@description('The client secret\'s name in the vault.')
param secretName string

@description('The Auth0 tenant\'s domain.')
param auth0Domain string

@description('Who issues the callers\' tokens, if not the tenant\'s own domain.')
param auth0Issuer string

@description('The identifier of this API in Auth0.')
param auth0Audience string

@description('The organization whose members\' tokens are let in, or nothing.')
param auth0Organization string

@description('The client id of the machine-to-machine application.')
param auth0ClientId string

@description('IDs of users that are never deleted, separated by commas, or a JSON array if an ID contains a comma.')
param protectedUsers string

@description('Origins that browsers may call from.')
param allowedOrigins string[]

@description('How far the app scales out.')
param maximumInstanceCount int

@description('Memory of an instance, in MB.')
param instanceMemoryMB int

@description('Instances that are kept warm.')
param alwaysReadyInstances int

@description('Where traces and metrics are sent by OTLP, or nothing.')
param otlpEndpoint string

@description('The subnet that the app joins, or nothing.')
param subnetId string

@description('Its region.')
param location string

@description('Its tags.')
param tags object

resource storageAccount 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
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
      KeyVault__Uri: vaultUri
      KeyVault__ClientSecretName: secretName
      Users__Protected: protectedUsers
      AZURE_CLIENT_ID: identityClientId
      OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint

      // The Functions host's own: no home page at its root; where it works, where it logs, as whom.
      AzureWebJobsDisableHomepage: 'true'
      AzureWebJobsStorage__blobServiceUri: storageAccount.properties.primaryEndpoints.blob
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identityClientId
      APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsights.properties.ConnectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
    }
  }

  // Deployment is by sign-in alone: no publishing password.
  resource publishingPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: {
      allow: false
    }
  }
}

@description('The function app\'s name.')
output name string = functionApp.name

@description('Where it serves.')
output url string = 'https://${functionApp.properties.defaultHostName}'
