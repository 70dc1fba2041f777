// A test of the function app from outside, and the alert rule that watches it.
@description('The name of the test and of the rule.')
param name string

@description('The Application Insights resource for the results.')
param applicationInsightsName string

@description('The URL of the function app.')
param url string

@description('The action group that gets the alert.')
param actionGroupId string

@description('The region.')
param location string

@description('The tags.')
param tags object

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

// Without parameters, the function needs no token and calls neither Auth0 nor Key Vault. It fails if the settings are not valid.
resource test 'Microsoft.Insights/webtests@2022-06-15' = {
  name: name
  location: location
  tags: union(tags, { 'hidden-link:${applicationInsights.id}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: name
    Name: 'AdminFunctions: GET /api/health'
    Kind: 'standard'
    Enabled: true
    Frequency: 300
    Timeout: 60
    RetryEnabled: true
    Locations: map(['emea-nl-ams-azr', 'emea-gb-db3-azr', 'us-va-ash-azr', 'us-ca-sjc-azr', 'apac-sg-sin-azr'], id => { Id: id })
    Request: {
      RequestUrl: '${url}/api/health'
      HttpVerb: 'GET'
      ParseDependentRequests: false
      FollowRedirects: false
    }
    ValidationRules: {
      ExpectedHttpStatusCode: 200
      SSLCheck: true
    }
  }
}

resource rule 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    description: 'Open the URL of the function app with /api/health, and follow the detail of the problem. See docs/operations.md, "What to alert on": availability.'
    severity: 1
    enabled: true
    scopes: [
      test.id
      applicationInsights.id
    ]
    windowSize: 'PT5M'
    evaluationFrequency: 'PT1M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: test.id
      componentId: applicationInsights.id
      failedLocationCount: 3
    }
    actions: [
      {
        actionGroupId: actionGroupId
      }
    ]
  }
}
