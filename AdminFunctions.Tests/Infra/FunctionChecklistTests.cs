using System.Reflection;
using AdminFunctions.Access;
using AdminFunctions.Functions;
using AdminFunctions.Http;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.Tests.Infra;

/// <summary>Each function is in all the places that CONTRIBUTING.md lists under <em>Add a function</em>.</summary>
public sealed class FunctionChecklistTests
{
    private static readonly IReadOnlyList<Function> All =
    [
        .. from type in typeof(GetUsers).Assembly.GetTypes()
           from method in type.GetMethods()
           let name = method.GetCustomAttribute<FunctionAttribute>()?.Name
           where name is not null
           let route = method.GetParameters().Select(static parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).OfType<HttpTriggerAttribute>().Single()
           select new Function(name, type, $"{route.Methods![0].ToUpperInvariant()} /api/{route.Route}"),
    ];

    /// <summary>
    /// Where each function is mentioned, and by which text. If a list or table moves, change it here and in CONTRIBUTING.md.
    /// </summary>
    private static readonly IReadOnlyList<(string File, Func<Function, string> Text)> Places =
    [
        ("host.json", static function => $"\"Function.{function.Name}.User\": \"Information\""),
        ("README.md", static function => $"{function.Name}: ["),
        ("README.md", static function => $"`{function.Route}`"),
        ("docs/api.md", static function => $"| `{function.Route}` |"),
        ("AdminFunctions/openapi.yaml", static function => $"operationId: {char.ToLowerInvariant(function.Name[0])}{function.Name[1..]}\n"),
        ("SECURITY.md", static function => $"| `{function.Name}` |"),
        ("AdminFunctions.Tests/Security/HostileRequests.cs", static function => $"\"{function.Name}\""),
    ];

    public static TheoryData<string> Names => [.. All.Select(static function => function.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_function_is_in_every_place_of_the_checklist(string name)
    {
        var function = All.Single(function => function.Name == name);

        Places.Where(place => !Repository.Read(place.File).Contains(place.Text(function), StringComparison.Ordinal))
            .Select(place => $"{place.File} lacks {place.Text(function)}")
            .ShouldBeEmpty();
        typeof(FunctionChecklistTests).Assembly.GetTypes().ShouldContain(type => type.Name == $"{name}Tests");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_function_is_a_file_of_its_name_and_declares_its_policy(string name)
    {
        var type = All.Single(function => function.Name == name).Type;

        type.Name.ShouldBe(name);
        Repository.Read($"AdminFunctions/Functions/{name}.cs").ShouldContain($"class {name}(");
        PoliciesOf(type).ShouldNotBeEmpty();
        PoliciesOf(type).ShouldAllBe(policy => policy.Function == name);
    }

    [Fact]
    public void SECURITY_md_names_the_permission_of_every_function() =>
        All.SelectMany(static function => PoliciesOf(function.Type))
            .Where(policy => !Repository.Read("SECURITY.md").Split('\n').Any(line =>
                line.StartsWith($"| `{policy.Function}` |", StringComparison.Ordinal)
                && line.Contains(policy.Permission is { } permission ? $"`{permission}`" : policy.RequiresToken ? "a valid token" : "anyone", StringComparison.Ordinal)))
            .ShouldBeEmpty();

    [Fact]
    public void Every_permission_is_required_somewhere_and_README_says_to_add_it_to_the_API_in_Auth0()
    {
        var setUp = Repository.Read("README.md").Split("## Set up Auth0")[1].Split("\n3. ")[0].Split("\n2. ")[1];

        All.SelectMany(static function => PoliciesOf(function.Type)).Select(static policy => policy.Permission).OfType<string>()
            .Distinct().ShouldBe(Permissions.All, ignoreOrder: true);
        Permissions.All.ShouldAllBe(permission => setUp.Contains($"`{permission}`", StringComparison.Ordinal));
    }

    [Fact]
    public void README_lists_the_Management_API_scopes_of_every_function_that_requires_a_permission()
    {
        var table = Repository.Read("README.md").Split("| functions | permission | Management API scopes |")[1].Split("\n\n")[0];
        var words = table.Split(['|', ',', ' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

        All.Where(static function => PoliciesOf(function.Type).All(static policy => policy.Permission is not null))
            .Select(static function => function.Name).ShouldBeSubsetOf(words);
    }

    [Fact]
    public void CONTRIBUTING_md_lists_the_places() =>
        Places.Select(static place => place.File).ShouldAllBe(file => Repository.Read("CONTRIBUTING.md").Contains(file, StringComparison.Ordinal));

    private static IReadOnlyList<FunctionPolicy> PoliciesOf(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Static).Select(static property => property.GetValue(null)).OfType<FunctionPolicy>()];

    private sealed record Function(string Name, Type Type, string Route);
}
