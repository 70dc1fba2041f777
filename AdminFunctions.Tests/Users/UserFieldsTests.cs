using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using AdminFunctions.Management;
using AdminFunctions.Tests.Infra;
using AdminFunctions.Users;

namespace AdminFunctions.Tests.Users;

/// <summary>The table of fields is in one place, and everything else agrees with it.</summary>
public sealed class UserFieldsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public void A_user_has_the_fields_of_the_table_in_its_order()
    {
        FieldsOf(UsersJson.Default.User).ShouldBe(UserFields.Served);
        FieldsOf(UsersJson.Default.Identity).ShouldBe(UserFields.OfIdentity);
    }

    [Fact]
    public void The_dashboards_user_has_the_fields_of_the_table_in_its_order()
    {
        MembersOf("User").ShouldBe(UserFields.Served.Select(field => (field.Name, TypeScriptOf(field.Kind))));
        MembersOf("Identity").ShouldBe(UserFields.OfIdentity.Select(field => (field.Name, TypeScriptOf(field.Kind))));
    }

    private static IEnumerable<UserField> FieldsOf(JsonTypeInfo type) =>
        type.Properties.Select(property => new UserField(property.Name, property.PropertyType switch
        {
            var text when text == typeof(string) => UserFieldKind.Text,
            var flag when flag == typeof(bool?) => UserFieldKind.Flag,
            var number when number == typeof(int?) => UserFieldKind.Number,
            var moment when moment == typeof(DateTime?) => UserFieldKind.Moment,
            var identities when identities == typeof(IReadOnlyList<Identity>) => UserFieldKind.Identities,
            var id when id == typeof(IdentityId) => UserFieldKind.IdentityId,
            var other => throw new NotSupportedException($"{property.Name} is a {other}."),
        }));

    private static IEnumerable<(string Name, string Type)> MembersOf(string type)
    {
        var source = Repository.Read("samples/dashboard/src/api.ts");
        var declaration = Regex.Match(
            source, $@"^export interface {type} \{{$(?<members>.*?)^\}}$", RegexOptions.Multiline | RegexOptions.Singleline, Patience);
        declaration.Success.ShouldBeTrue($"api.ts has no interface {type}.");
        return Regex.Matches(declaration.Groups["members"].Value, @"^  (?<name>\w+)\??: (?<type>.+);$", RegexOptions.Multiline, Patience)
            .Select(member => (member.Groups["name"].Value, member.Groups["type"].Value));
    }

    private static string TypeScriptOf(UserFieldKind kind) => kind switch
    {
        UserFieldKind.Flag => "boolean",
        UserFieldKind.Number => "number",
        UserFieldKind.Identities => "Identity[]",
        UserFieldKind.IdentityId => "string | number",
        _ => "string",
    };
}
