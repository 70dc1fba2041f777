using AdminFunctions;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

Rehearsal.Begin();

var builder = FunctionsApplication.CreateBuilder(args);

builder.ConfigureFunctionsWebApplication();
builder.Services.AddAdminFunctions();

// A line or two about each answer, which the worker would send on whatever host.json says.
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

await builder.Build().RunAsync();
