// A workbook in Azure Monitor: calls, problems, the audit trail. workbook.json has the charts and tables.
@description('The name to show.')
param displayName string

@description('The Log Analytics workspace with the logs.')
param workspaceId string

@description('The region.')
param location string

@description('The tags.')
param tags object

var definitions = loadTextContent('../alerts/definitions.kql')

var timeRange = {
  type: 9
  name: 'parameters'
  content: {
    version: 'KqlParameterItem/1.0'
    style: 'pills'
    parameters: [
      {
        id: 'b1a4c1de-6c1c-4d43-9a57-2f2b7f0c8a11'
        version: 'KqlParameterItem/1.0'
        name: 'TimeRange'
        label: 'Time range'
        type: 4
        isRequired: true
        value: { durationMs: 86400000 }
        typeSettings: {
          selectableValues: [
            { durationMs: 3600000 }
            { durationMs: 14400000 }
            { durationMs: 86400000 }
            { durationMs: 604800000 }
            { durationMs: 2592000000 }
          ]
          allowCustom: true
        }
      }
    ]
  }
}

var charts = map(loadJsonContent('../workbook.json'), (chart, index) => {
  type: 3
  name: 'chart-${index}'
  content: {
    version: 'KqlItem/1.0'
    title: chart.title
    query: '${definitions}\n${chart.query}'
    visualization: chart.visualization
    noDataMessage: chart.?noDataMessage ?? 'No data in this time range.'
    size: 0
    queryType: 0
    resourceType: 'microsoft.operationalinsights/workspaces'
    crossComponentResources: [workspaceId]
    timeContextFromParameter: 'TimeRange'
  }
})

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(workspaceId, 'workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: displayName
    category: 'workbook'
    sourceId: workspaceId
    serializedData: string({
      version: 'Notebook/1.0'
      items: concat([timeRange], charts)
      fallbackResourceIds: [workspaceId]
    })
  }
}
