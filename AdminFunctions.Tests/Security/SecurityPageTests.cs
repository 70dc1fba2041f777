using System.Reflection;
using System.Text.RegularExpressions;
using AdminFunctions.Tests.Infra;

namespace AdminFunctions.Tests.Security;

/// <summary>Every claim in SECURITY.md has a test.</summary>
public sealed partial class SecurityPageTests
{
    private static readonly string Page = Repository.Read("SECURITY.md");

    [Fact]
    public void Every_test_that_it_names_exists()
    {
        var tests = Assembly.GetExecutingAssembly().GetTypes()
            .SelectMany(type => type.GetMethods().Where(method => method.IsDefined(typeof(FactAttribute))).Select(method => $"{type.Name}.{method.Name}"))
            .ToHashSet(StringComparer.Ordinal);

        var named = TestName().Matches(Page).Select(match => match.Groups["name"].Value).ToList();

        named.Count.ShouldBeGreaterThan(20);
        named.Where(name => !tests.Contains(name)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("## What an attacker", "| cannot")]
    [InlineData("## Threats", "| threat")]
    public void Every_line_about_what_an_attacker_cannot_do_names_a_test(string section, string head)
    {
        var claims = Page.Split('\n').SkipWhile(line => !line.StartsWith(section, StringComparison.Ordinal)).Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith(head, StringComparison.Ordinal))
            .ToList();

        claims.Count.ShouldBeGreaterThan(15);
        claims.ShouldAllBe(line => TestName().IsMatch(line));
    }

    [GeneratedRegex("`(?<name>[A-Z][A-Za-z]*[.][A-Z]\\w*_\\w*)`", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TestName();
}
