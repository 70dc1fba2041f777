using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

var builder = FunctionsApplication.CreateBuilder(args);

builder.ConfigureFunctionsWebApplication();

// As in AdminFunctions.
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

await builder.Build().RunAsync();
