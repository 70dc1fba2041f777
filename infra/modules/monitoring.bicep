// Logs: a workspace, and Application Insights writing to it. Neither takes a key.
@description('The Log Analytics workspace\'s name.')
param workspaceName string

@description('Application Insights\' name.')
param applicationInsightsName string

@description('How many days the functions\' log is kept.')
@minValue(30)
@maxValue(730)
param auditRetentionDays int

@description('Their region.')
param location string

@description('Their tags.')
param tags object

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: 30
    features: {
      disableLocalAuth: true
    }
  }
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' = {
  name: applicationInsightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
  }
}

// The audit trail of deletions is in the functions' log. What else is in the workspace goes sooner.
resource log 'Microsoft.OperationalInsights/workspaces/tables@2025-07-01' = {
  parent: workspace
  name: 'AppTraces'
  dependsOn: [applicationInsights]
  properties: {
    plan: 'Analytics'
    retentionInDays: auditRetentionDays
    totalRetentionInDays: auditRetentionDays
  }
}

@description('The workspace\'s resource id, for diagnostic settings.')
output workspaceId string = workspace.id

@description('Application Insights\' name.')
output applicationInsightsName string = applicationInsights.name
