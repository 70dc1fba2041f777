using System.Reflection;
using Microsoft.AspNetCore.Routing.Patterns;

namespace AdminFunctions.LocalHost.FunctionHost;

/// <summary>An HTTP-triggered function, as its attributes describe it.</summary>
/// <param name="Name">The name in <c>[Function]</c>.</param>
/// <param name="Methods">The HTTP methods, in uppercase; empty for every method.</param>
/// <param name="Route">The route template, without the route prefix.</param>
/// <param name="Pattern">The whole template, with the prefix and the methods.</param>
/// <param name="Method">The method to call.</param>
internal sealed record FunctionDescriptor(
    string Name, IReadOnlyList<string> Methods, string Route, RoutePattern Pattern, MethodInfo Method)
{
    /// <summary>A line in the format of Core Tools: <c>GetUsers: [GET] http://localhost:7071/api/users</c>.</summary>
    /// <param name="baseAddress">The base URL of the functions.</param>
    public string Describe(Uri baseAddress)
    {
        var methods = Methods.Count == 0 ? "" : $"[{string.Join(',', Methods)}] ";
        return $"{Name}: {methods}{baseAddress.GetLeftPart(UriPartial.Authority)}/{Pattern.RawText}";
    }
}
