using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using AdminFunctions.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AdminFunctions.Tests.Infra;

/// <summary>The settings that the code reads are the ones that infra sets and that local.settings.json.example shows.</summary>
public sealed class SettingsAreDeployedTests
{
    /// <summary>Only for a developer's machine. In Azure the secret is in the vault.</summary>
    private const string LocalSecret = "Auth0__ClientSecret";

    private static readonly IReadOnlyList<Type> OptionsClasses =
        [.. typeof(Auth0Options).Assembly.GetTypes().Where(type => type.GetField("Section")?.IsLiteral == true)];

    [Fact]
    public void Options_classes_are_found() =>
        OptionsClasses.ShouldBe([typeof(Auth0Options), typeof(KeyVaultOptions), typeof(UsersOptions)], ignoreOrder: true);

    [TemplateFact]
    public void Every_setting_is_an_app_setting_of_the_function_app() =>
        Settings().Except([LocalSecret]).ShouldBeSubsetOf(PredictedDeployment.AppSettings.Keys);

    [TemplateFact]
    public void The_app_reads_the_vault_with_its_own_identity() =>
        PredictedDeployment.AppSettings["AZURE_CLIENT_ID"]
            .ShouldBe($"[reference('{PredictedDeployment.Id(PredictedDeployment.OfType("Microsoft.ManagedIdentity/userAssignedIdentities").ShouldHaveSingleItem())}', '2024-11-30').clientId]");

    [TemplateFact]
    public void The_function_app_has_no_setting_that_the_code_does_not_read()
    {
        var prefixes = OptionsClasses.Select(Prefix).ToList();

        PredictedDeployment.AppSettings.Keys.Where(name => prefixes.Exists(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            .ShouldBe(Settings().Except([LocalSecret]), ignoreOrder: true);
    }

    [TemplateFact]
    public void The_client_secret_is_not_an_app_setting() =>
        PredictedDeployment.AppSettings.Keys.ShouldNotContain(name => string.Equals(name, LocalSecret, StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void The_example_shows_every_setting_and_no_other()
    {
        var prefixes = OptionsClasses.Select(Prefix).ToList();

        Example().Keys.Where(name => prefixes.Exists(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            .ShouldBe(Settings(), ignoreOrder: true);
    }

    [Fact]
    public void The_example_has_values_for_the_required_settings_and_none_for_the_secret()
    {
        var example = Example();

        Settings(property => property.IsDefined(typeof(RequiredAttribute))).ShouldAllBe(name => example[name].Length > 0);
        example[LocalSecret].ShouldBeEmpty();
    }

    [Fact]
    public void The_example_is_valid_as_it_stands()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(Example().Select(setting => KeyValuePair.Create(setting.Key.Replace("__", ":"), (string?)setting.Value)))
            .Build();
        using var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddAdminFunctions().BuildServiceProvider();

        services.GetRequiredService<SettingsFaults>().Sentences.ShouldBeEmpty();
    }

    [Fact]
    public void The_example_is_readable_by_Core_Tools_and_allows_a_local_front_end()
    {
        using var json = JsonDocument.Parse(Repository.Read("local.settings.json.example"));

        json.RootElement.GetProperty("IsEncrypted").GetBoolean().ShouldBeFalse();
        json.RootElement.GetProperty("Host").GetProperty("CORS").GetString()!.ShouldStartWith("http://localhost:");
        Example()["FUNCTIONS_WORKER_RUNTIME"].ShouldBe("dotnet-isolated");
        Example()["AzureWebJobsStorage"].ShouldBe("UseDevelopmentStorage=true");
    }

    private static string Prefix(Type options) => $"{options.GetField("Section")!.GetRawConstantValue()}__";

    private static IEnumerable<string> Settings(Func<PropertyInfo, bool>? which = null) =>
        OptionsClasses.SelectMany(options => options.GetProperties()
            .Where(property => property.SetMethod?.IsPublic == true && which?.Invoke(property) != false)
            .Select(property => Prefix(options) + property.Name));

    private static Dictionary<string, string> Example()
    {
        using var json = JsonDocument.Parse(Repository.Read("local.settings.json.example"));
        return json.RootElement.GetProperty("Values").EnumerateObject()
            .ToDictionary(setting => setting.Name, setting => setting.Value.GetString()!, StringComparer.Ordinal);
    }
}
