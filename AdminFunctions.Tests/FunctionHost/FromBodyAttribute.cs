namespace Microsoft.Azure.Functions.Worker.Http;

/// <summary>
/// The worker's attribute of that name, declared here because the stand-ins in offline/ do without it;
/// where the official package has it too, this one is taken, and FunctionHost knows it by its name.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class FromBodyAttribute : Attribute;
