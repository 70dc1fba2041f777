// A deployment with the required parameters only, for the tests.
using '../../infra/main.bicep'

param environmentName = 'production'
param location = 'westeurope'
param auth0Domain = 'tenant.eu.auth0.com'
param auth0Audience = 'https://admin.example.com/api'
param auth0ClientId = 'mT4vJ8zQ1nW6kD3xR9sB2yH7cF5gL0pA'
