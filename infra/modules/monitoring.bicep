// Logs: a Log Analytics workspace and Application Insights. Neither accepts keys.
@description('The name of the Log Analytics workspace.')
param workspaceName string

@description('The name of the Application Insights resource.')
param applicationInsightsName string

@description('The number of days to keep the log of the functions.')
@minValue(30)
@maxValue(730)
param auditRetentionDays int

@description('The region.')
param location string

@description('The tags.')
param tags object

resource workspace 'Microsoft.OperationalInsights/workspaces@2026-03-01' = {
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

// The log of the functions contains the audit trail. Other data in the workspace is deleted sooner.
resource log 'Microsoft.OperationalInsights/workspaces/tables@2026-03-01' = {
  parent: workspace
  name: 'AppTraces'
  dependsOn: [applicationInsights]
  properties: {
    plan: 'Analytics'
    retentionInDays: auditRetentionDays
    totalRetentionInDays: auditRetentionDays
  }
}

@description('The resource ID of the workspace, for diagnostic settings.')
output workspaceId string = workspace.id

@description('The name of the Application Insights resource.')
output applicationInsightsName string = applicationInsights.name
