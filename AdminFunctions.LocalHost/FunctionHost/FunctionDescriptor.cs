using System.Reflection;
using Microsoft.AspNetCore.Routing.Patterns;

namespace AdminFunctions.LocalHost.FunctionHost;

/// <summary>An HTTP-triggered function: what its attributes say.</summary>
/// <param name="Name">The name given to <c>[Function]</c>.</param>
/// <param name="Methods">The HTTP methods it answers, in upper case; none means every method.</param>
/// <param name="Route">Its route template below the route prefix.</param>
/// <param name="Pattern">The whole template, prefix and methods included, as routing reads it.</param>
/// <param name="Method">The method that runs.</param>
internal sealed record FunctionDescriptor(
    string Name, IReadOnlyList<string> Methods, string Route, RoutePattern Pattern, MethodInfo Method)
{
    /// <summary>A line as Core Tools prints it: <c>GetUsers: [GET] http://localhost:7071/api/users</c>.</summary>
    /// <param name="baseAddress">Where the functions are served.</param>
    public string Describe(Uri baseAddress)
    {
        var methods = Methods.Count == 0 ? "" : $"[{string.Join(',', Methods)}] ";
        return $"{Name}: {methods}{baseAddress.GetLeftPart(UriPartial.Authority)}/{Pattern.RawText}";
    }
}
