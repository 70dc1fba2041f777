// A deployment with every option, for the tests.
using '../../infra/main.bicep'

param environmentName = 'production'
param location = 'westeurope'
param auth0Domain = 'tenant.eu.auth0.com'
param auth0Issuer = 'https://login.example.com/'
param auth0Audience = 'https://admin.example.com/api'
param auth0ClientId = 'mT4vJ8zQ1nW6kD3xR9sB2yH7cF5gL0pA'
param allowedOrigins = 'https://admin.example.com, https://other.example.com'
param deployDashboard = true
param dashboardClientId = 'qP7wL2nX5cV8bN1mK4jH6gF3dS9aZ0tR'
param protectedUsers = 'auth0|5f7c8ec7c33c6c004bbafe82'
param alwaysReadyInstances = 1
param auditRetentionDays = 400
param alertEmail = 'operations@example.com'
param deletionsPerHour = 50
param otlpEndpoint = 'https://collector.example.com:4317'
param privateNetwork = true
param deployerId = '11111111-1111-1111-1111-111111111111'
