using System.Text.Json;
using System.Text.RegularExpressions;

namespace AdminFunctions.Tests.Infra;

/// <summary>
/// The resources that a deployment with every option (eng/bicep/everything.bicepparam) would create, as predicted by the compiler. Values
/// that only Azure knows, such as the ID of an identity, are expressions in brackets.
/// </summary>
internal static partial class PredictedDeployment
{
    /// <summary>The resource group that it is deployed to.</summary>
    public const string ResourceGroup = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-production";

    private static readonly Lazy<IReadOnlyList<JsonElement>> Predicted = new(() => Snapshot("everything"));

    private static readonly Lazy<IReadOnlyList<JsonElement>> PredictedByDefault = new(() => Snapshot("defaults"));

    public static IReadOnlyList<JsonElement> Resources => Predicted.Value;

    /// <summary>The resources of a deployment with the required parameters only (eng/bicep/defaults.bicepparam).</summary>
    public static IReadOnlyList<JsonElement> ResourcesByDefault => PredictedByDefault.Value;

    /// <summary>The app settings of the function app.</summary>
    public static IReadOnlyDictionary<string, string> AppSettings =>
        Resources.Single(resource => TypeOf(resource) == "Microsoft.Web/sites/config" && Name(resource).EndsWith("/appsettings", StringComparison.Ordinal))
            .GetProperty("properties").EnumerateObject().ToDictionary(setting => setting.Name, setting => setting.Value.GetString()!, StringComparer.Ordinal);

    public static IReadOnlyList<RoleAssignment> RoleAssignments =>
    [
        .. OfType("Microsoft.Authorization/roleAssignments").Select(assignment =>
        {
            var properties = assignment.GetProperty("properties");
            return new RoleAssignment(
                ScopePattern().Match(Id(assignment)).Groups["scope"].Value,
                properties.GetProperty("roleDefinitionId").GetString()!.Split('/')[^1],
                properties.GetProperty("principalId").GetString()!,
                properties.GetProperty("principalType").GetString()!,
                Name(assignment));
        }),
    ];

    public static IReadOnlyList<JsonElement> OfType(string type) => [.. Resources.Where(resource => TypeOf(resource) == type)];

    public static string TypeOf(JsonElement resource) => resource.GetProperty("type").GetString()!;

    public static string Id(JsonElement resource) => resource.GetProperty("id").GetString()!;

    public static string Name(JsonElement resource) => resource.GetProperty("name").GetString()!;

    /// <summary>The value at a path such as properties.siteConfig.minTlsVersion, or null if there is none.</summary>
    public static string? At(JsonElement resource, string path)
    {
        var value = resource;
        foreach (var name in path.Split('.'))
        {
            if (!value.TryGetProperty(name, out value))
            {
                return null;
            }
        }

        return value.ToString();
    }

    private static IReadOnlyList<JsonElement> Snapshot(string name) =>
        [.. JsonElement.Parse(Repository.Read($"artifacts/infra/{name}.snapshot.json")).GetProperty("predictedResources").EnumerateArray()];

    [GeneratedRegex(@"^(\[extensionResourceId\('(?<scope>[^']+)'|(?<scope>/.+)/providers/Microsoft\.Authorization/roleAssignments/)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ScopePattern();
}

/// <summary>A role assignment.</summary>
/// <param name="Scope">The resource's id.</param>
/// <param name="RoleId">The role's GUID.</param>
/// <param name="Principal">An object ID, or the expression of an identity's object ID.</param>
/// <param name="PrincipalType">ServicePrincipal or User.</param>
/// <param name="Name">The GUID of the assignment, or its expression.</param>
internal sealed record RoleAssignment(string Scope, string RoleId, string Principal, string PrincipalType, string Name);
