// Email about what needs attention: a rule for each row of docs/operations.md, "What to alert on".
@description('The address that gets the email.')
param email string

@description('How many deletions by one actor in an hour are normal.')
param deletionsPerHour int

@description('The maximum number of instances. Each needs a token of its own.')
param maximumInstanceCount int

@description('The Log Analytics workspace with the logs.')
param workspaceId string

@description('The Application Insights resource for the results of the availability test.')
param applicationInsightsName string

@description('The URL of the function app.')
param url string

@description('The end of the name of each resource, unique in the resource group.')
param suffix string

@description('The region.')
param location string

@description('The tags.')
param tags object

var definitions = loadTextContent('../alerts/definitions.kql')

type alertRule = {
  @description('The name in docs/operations.md, "What to alert on".')
  name: string

  @description('The subject of the email.')
  title: string

  @description('What to do.')
  action: string

  @description('The query, whose rows are counted.')
  query: string

  @description('How many rows are normal. Unset: none.')
  moreThan: int?

  @description('Whether the rows of each actor are counted separately. Unset: no.')
  byActor: bool?

  @description('The age of the rows that count.')
  window: string

  @description('How often they are counted.')
  frequency: string

  @description('1 is an error, 2 a warning, 3 information.')
  severity: int

  @description('Whether email is sent when the condition begins and ends. Otherwise, it is sent each time, as each event needs a look.')
  resolves: bool
}

var rules alertRule[] = [
  {
    name: 'write-unknown'
    title: 'The outcome of a change is unknown'
    action: 'Check whether the user has been changed.'
    query: loadTextContent('../alerts/write-unknown.kql')
    window: 'PT10M'
    frequency: 'PT5M'
    severity: 2
    resolves: false
  }
  {
    name: 'write-without-outcome'
    title: 'A change has no outcome'
    action: 'The process crashed. Check whether the user has been changed.'
    query: loadTextContent('../alerts/write-without-outcome.kql')
    window: 'PT30M'
    frequency: 'PT15M'
    severity: 2
    resolves: false
  }
  {
    name: 'refused-writes'
    title: 'Somebody tries what they may not do'
    action: 'Ask the actor. Somebody may have taken over an administrator\'s account, or a front end offers an action that it should hide.'
    query: loadTextContent('../alerts/refused-writes.kql')
    moreThan: 10
    byActor: true
    window: 'PT1H'
    frequency: 'PT15M'
    severity: 1
    resolves: true
  }
  {
    name: 'many-deletions'
    title: 'Somebody deletes many users'
    action: 'Ask the actor. Somebody may clean up more than they should. The PlanMade event of a planned deletion has the reason.'
    query: loadTextContent('../alerts/many-deletions.kql')
    moreThan: deletionsPerHour
    byActor: true
    window: 'PT1H'
    frequency: 'PT15M'
    severity: 1
    resolves: true
  }
  {
    name: 'refusals-left-out'
    title: 'Somebody makes many attempts'
    action: 'Find out who calls. Somebody may be trying to get in.'
    query: loadTextContent('../alerts/refusals-left-out.kql')
    window: 'PT30M'
    frequency: 'PT15M'
    severity: 2
    resolves: false
  }
  {
    name: 'administrator-needed'
    title: 'The API needs a fix by an administrator'
    action: 'Follow the detail of the problem.'
    query: loadTextContent('../alerts/administrator-needed.kql')
    window: 'PT10M'
    frequency: 'PT5M'
    severity: 1
    resolves: true
  }
  {
    name: 'auth0-failing'
    title: 'Auth0 does not serve all calls'
    action: 'Check the rate limit and status.auth0.com.'
    query: loadTextContent('../alerts/auth0-failing.kql')
    window: 'PT15M'
    frequency: 'PT5M'
    severity: 2
    resolves: true
  }
  {
    name: 'package-written'
    title: 'The package of the function app has been written'
    action: 'If nobody deployed, somebody may have replaced the code.'
    query: loadTextContent('../alerts/package-written.kql')
    window: 'PT30M'
    frequency: 'PT15M'
    severity: 2
    resolves: false
  }
  {
    name: 'unexpected'
    title: 'A call failed because of a bug'
    action: 'Find the exception by its traceId and report the bug.'
    query: loadTextContent('../alerts/unexpected.kql')
    window: 'PT30M'
    frequency: 'PT15M'
    severity: 2
    resolves: false
  }
  {
    name: 'status-500'
    title: 'Calls fail with status 500'
    action: 'Look for unexpected problems. If there are none, the host could not reach the functions.'
    query: loadTextContent('../alerts/status-500.kql')
    moreThan: 5
    window: 'PT10M'
    frequency: 'PT5M'
    severity: 1
    resolves: true
  }
  {
    name: 'slow-calls'
    title: 'Calls are slow'
    action: 'Check the rate limit, status.auth0.com and the traces.'
    query: loadTextContent('../alerts/slow-calls.kql')
    window: 'PT1H'
    frequency: 'PT15M'
    severity: 3
    resolves: true
  }
  {
    name: 'token-grants'
    title: 'Auth0 grants too many tokens'
    action: 'An instance needs a new token every 18 hours. Either Auth0 rejects its own tokens, or their lifetime is too short.'
    query: loadTextContent('../alerts/token-grants.kql')
    moreThan: maximumInstanceCount
    window: 'PT1H'
    frequency: 'PT15M'
    severity: 2
    resolves: true
  }
  {
    name: 'renewal-failing'
    title: 'The token cannot be renewed'
    action: 'Follow the reason in the log line. The current token remains valid for at most six hours.'
    query: loadTextContent('../alerts/renewal-failing.kql')
    window: 'PT30M'
    frequency: 'PT15M'
    severity: 1
    resolves: true
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'admin-alerts'
    enabled: true
    emailReceivers: [
      {
        name: 'operations'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource rule 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [for rule in rules: {
  name: '${rule.name}-${suffix}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'AdminFunctions: ${rule.title}'
    description: '${rule.action} See docs/operations.md, "What to alert on": ${rule.name}.'
    severity: rule.severity
    enabled: true
    scopes: [workspaceId]
    windowSize: rule.window
    evaluationFrequency: rule.frequency
    autoMitigate: rule.resolves
    // A table exists only once it has data.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: '${definitions}\n${rule.query}'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: rule.?moreThan ?? 0
          dimensions: (rule.?byActor ?? false) ? [
            {
              name: 'Actor'
              operator: 'Include'
              values: ['*']
            }
          ] : []
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: [people.id]
    }
  }
}]

module availability 'availability.bicep' = {
  name: 'availability'
  params: {
    name: 'availability-${suffix}'
    applicationInsightsName: applicationInsightsName
    url: url
    actionGroupId: people.id
    location: location
    tags: tags
  }
}
