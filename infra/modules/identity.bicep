// The one identity that the function app has, towards everything it touches.
@description('The identity\'s name.')
param name string

@description('Its region.')
param location string

@description('Its tags.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('The identity\'s resource id, for the function app to carry.')
output id string = identity.id

@description('Its client id, for the settings that choose it.')
output clientId string = identity.properties.clientId

@description('Its object id, for role assignments.')
output principalId string = identity.properties.principalId
