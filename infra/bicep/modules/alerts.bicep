metadata description = 'Tells people when runs fail, wait or stop slowly, and when commands cannot be worked on.'

@description('The Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('The environment, for the alerts\' names.')
param environmentName string

@description('The name of the action group.')
param actionGroupName string

@description('The workspace to look at.')
param workspaceName string

@description('The e-mail addresses that get the alerts.')
param emails string[]

@description('An alert is raised when more runs than this fail in 15 minutes.')
param failedRunsThreshold int

@description('Seconds that a run may wait.')
param queueAgeThresholdSeconds int

@description('Seconds that a run may take to stop.')
param stopLatencyThresholdSeconds int

var rules = [
  {
    name: 'failed-runs'
    title: 'Runs fail'
    description: 'Too many runs failed within 15 minutes. Runbook: docs/operations.md, "Runs fail".'
    severity: 2
    query: loadTextContent('../../queries/alerts/failed-runs.kql')
    column: 'Failed'
    threshold: failedRunsThreshold
  }
  {
    name: 'poison-messages'
    title: 'Commands cannot be worked on'
    description: 'A command was moved to the poison queue. Runbook: docs/operations.md, "Poison messages".'
    severity: 2
    query: loadTextContent('../../queries/alerts/poison-messages.kql')
    column: 'Poisoned'
    threshold: 0
  }
  {
    name: 'queue-age'
    title: 'Runs wait for long'
    description: 'A run has waited too long for its gates. Runbook: docs/operations.md, "A gate is stuck".'
    severity: 2
    query: loadTextContent('../../queries/alerts/queue-age.kql')
    column: 'Seconds'
    threshold: queueAgeThresholdSeconds
  }
  {
    name: 'stop-latency'
    title: 'Runs stop slowly'
    description: 'A run took too long to stop. Runbook: docs/operations.md, "Stops take long".'
    severity: 3
    query: loadTextContent('../../queries/alerts/stop-latency.kql')
    column: 'Seconds'
    threshold: stopLatencyThresholdSeconds
  }
]

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: actionGroupName
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'preempt'
    emailReceivers: [
      for (email, i) in emails: {
        name: 'email-${i}'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: 'alert-${environmentName}-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'Preempt ${environmentName}: ${rule.title}'
      description: rule.description
      enabled: true
      severity: rule.severity
      scopes: [workspace.id]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      autoMitigate: true
      // Until the first telemetry has come, the tables are not there.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Maximum'
            metricMeasureColumn: rule.column
            operator: 'GreaterThan'
            threshold: rule.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: { actionGroups: [actionGroup.id] }
    }
  }
]
