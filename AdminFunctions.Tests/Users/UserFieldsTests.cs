using System.Text.Json.Serialization.Metadata;
using AdminFunctions.Management;
using AdminFunctions.Users;

namespace AdminFunctions.Tests.Users;

/// <summary>The table of fields is in one place, and everything else agrees with it.</summary>
public sealed class UserFieldsTests
{
    [Fact]
    public void A_user_has_the_fields_of_the_table_in_its_order()
    {
        FieldsOf(UsersJson.Default.User).ShouldBe(UserFields.Served);
        FieldsOf(UsersJson.Default.Identity).ShouldBe(UserFields.OfIdentity);
    }

    private static IEnumerable<Field> FieldsOf(JsonTypeInfo type) =>
        type.Properties.Select(property => new Field(property.Name, property.PropertyType switch
        {
            var text when text == typeof(string) => FieldKind.Text,
            var flag when flag == typeof(bool?) => FieldKind.Flag,
            var number when number == typeof(int?) => FieldKind.Number,
            var moment when moment == typeof(DateTime?) => FieldKind.Moment,
            var identities when identities == typeof(IReadOnlyList<Identity>) => FieldKind.Structures,
            var id when id == typeof(IdentityId) => FieldKind.IdentityId,
            var other => throw new NotSupportedException($"{property.Name} is a {other}."),
        }));
}
