// The static web app for the dashboard in samples/dashboard. infra/dashboard/deploy.mjs builds the files and uploads them.
@description('The name of the static web app.')
param name string

@description('The region of the resource. Azure serves the files worldwide.')
param location string

@description('The tags.')
param tags object

resource dashboard 'Microsoft.Web/staticSites@2025-03-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: 'Free'
    tier: 'Free'
  }
  properties: {
    // staticwebapp.config.json sets the headers.
    allowConfigFileUpdates: true
    // Another environment would have another origin, which neither Auth0 nor the functions know.
    stagingEnvironmentPolicy: 'Disabled'
  }
}

@description('The name of the static web app.')
output name string = dashboard.name

@description('The origin of the dashboard, without a slash.')
output origin string = 'https://${dashboard.properties.defaultHostname}'
