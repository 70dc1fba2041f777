using System.Net;
using System.Text.RegularExpressions;
using AdminFunctions.Access;
using AdminFunctions.Functions;
using AdminFunctions.Http;
using AdminFunctions.Management;
using AdminFunctions.Tests.Infra;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.Tests.OpenApi;

public sealed partial class GetOpenApiTests
{
    [Fact]
    public async Task Anyone_can_get_the_description_and_store_it()
    {
        await using var app = await AdminApp.StartAsync();
        using var anyone = app.Anyone();

        var answer = await anyone.GetAsync("/api/openapi.yaml");

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/yaml");
        answer.Headers.CacheControl!.ToString().ShouldBe("public, max-age=300");
        (await answer.Content.ReadAsStringAsync()).ShouldBe(OpenApiDescription.Text);

        anyone.DefaultRequestHeaders.IfNoneMatch.Add(answer.Headers.ETag.ShouldNotBeNull());
        (await anyone.GetAsync("/api/openapi.yaml")).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        app.Tenant.Requests.All.ShouldBeEmpty();
    }

    [Fact]
    public void The_description_is_valid() => OpenApiDescription.Diagnostic.Errors.ShouldBeEmpty();

    [Fact]
    public void It_has_every_function_and_no_other() =>
        OpenApiDescription.Operations.Select(operation => $"{operation.Method} {operation.Path} {operation.Value.OperationId}")
            .ShouldBe(
                from type in typeof(GetUsers).Assembly.GetTypes()
                from method in type.GetMethods()
                from name in method.GetCustomAttributes(typeof(FunctionAttribute), inherit: false).Cast<FunctionAttribute>().Select(function => function.Name)
                let trigger = method.GetParameters().SelectMany(parameter => parameter.GetCustomAttributes(typeof(HttpTriggerAttribute), inherit: false)).Cast<HttpTriggerAttribute>().Single()
                select $"{trigger.Methods![0].ToUpperInvariant()} /{trigger.Route} {char.ToLowerInvariant(name[0])}{name[1..]}",
                ignoreOrder: true);

    [Fact]
    public void It_has_every_problem_and_no_other()
    {
        var slugs = SlugInCode().Matches(Repository.Read("AdminFunctions/Http/Problem.cs")).Select(match => match.Groups["slug"].Value).Distinct().ToList();

        slugs.Count.ShouldBeGreaterThan(15);
        SlugInDescription().Matches(OpenApiDescription.Text).Select(match => match.Groups["slug"].Value).Distinct().ShouldBe(slugs, ignoreOrder: true);
    }

    [Fact]
    public void It_has_the_served_fields_of_users_and_of_their_identities_and_events()
    {
        var schemas = OpenApiDescription.Document.Components!.Schemas!;

        schemas["User"].Properties!.Keys.ShouldBe(UserFields.Names);
        schemas["UserField"].Enum!.Select(value => value!.GetValue<string>()).ShouldBe(UserFields.Names);
        schemas["Identity"].Properties!.Keys.ShouldBe(UserFields.OfIdentity.Select(field => field.Name));
        schemas["LogEvent"].Properties!.Keys.Except(["type_name"]).ShouldBe(LogFields.Served.Select(field => field.Name));
        schemas["Me"].Properties!["permissions"].Items!.Enum!.Select(value => value!.GetValue<string>()).ShouldBe(Permissions.All, ignoreOrder: true);
    }

    [Fact]
    public void It_names_the_permission_of_every_function()
    {
        foreach (var type in typeof(GetUsers).Assembly.GetTypes())
        {
            if (type.GetProperty("Policy")?.GetValue(null) is FunctionPolicy { Permission: { } permission } policy)
            {
                OpenApiDescription.Operations.Single(operation => string.Equals(operation.Value.OperationId, policy.Function, StringComparison.OrdinalIgnoreCase))
                    .Value.Description.ShouldNotBeNull().ShouldContain($"`{permission}`");
            }
        }
    }

    [GeneratedRegex("""new\(\s*(?:\d{3}|StatusCodes\.\w+),\s*"(?<slug>[a-z-]+)""", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SlugInCode();

    [GeneratedRegex("urn:admin-functions:problem:(?<slug>[a-z][a-z-]*[a-z])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SlugInDescription();
}
