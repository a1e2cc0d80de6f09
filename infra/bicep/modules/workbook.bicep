metadata description = 'The workbook of an operator\'s questions.'

@description('The Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('The display name.')
param displayName string

@description('The workspace to look at.')
param workspaceName string

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' existing = {
  name: workspaceName
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(workspace.id, 'preempt')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: displayName
    category: 'workbook'
    sourceId: workspace.id
    serializedData: loadTextContent('../../workbook/preempt.workbook.json')
  }
}
