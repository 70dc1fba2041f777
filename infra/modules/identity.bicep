// The managed identity with which the function app accesses all resources.
@description('The name of the identity.')
param name string

@description('The region.')
param location string

@description('The tags.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('The resource ID, to assign the identity to the function app.')
output id string = identity.id

@description('The client ID, for settings that select the identity.')
output clientId string = identity.properties.clientId

@description('The object ID, for role assignments.')
output principalId string = identity.properties.principalId
