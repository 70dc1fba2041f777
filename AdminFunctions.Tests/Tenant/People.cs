using System.Globalization;
using System.Text.Json;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.Tests.Tenant;

/// <summary>Five users, oldest first, who differ in all that can be searched; each is known by the nickname.</summary>
internal static class People
{
    private static readonly TenantConnection Database = new("Username-Password-Authentication", "auth0");
    private static readonly TenantConnection Google = new("google-oauth2", "google-oauth2", IsSocial: true);
    private static readonly TenantConnection GitHub = new("github", "github", IsSocial: true, NumericIds: true);
    private static readonly TenantConnection Contoso = new("contoso", "samlp");
    private static readonly TenantConnection Sms = new("sms", "sms");

    public static TenantUser Ann { get; } = new()
    {
        UserId = "auth0|0a",
        Identities = [new(Database, "0a"), new(Google, "1001")],
        CreatedAt = Utc("2024-01-10T08:00:00.000Z"),
        UpdatedAt = Utc("2024-05-17T09:30:15.250Z"),
        Name = "Ann Smith",
        Nickname = "ann",
        GivenName = "Ann",
        FamilyName = "Smith",
        Email = "ann.smith@example.com",
        EmailVerified = true,
        Username = "Ann_S",
        Picture = "https://cdn.example.com/ann.png",
        LastLogin = Utc("2024-05-17T09:30:15.250Z"),
        LastIp = "192.0.2.1",
        LoginsCount = 12,
        AppMetadata = Json("""{"plan":"gold","seats":5,"since":{"year":"2024"}}"""),
    };

    public static TenantUser Annika { get; } = new()
    {
        UserId = "google-oauth2|1002",
        Identities = [new(Google, "1002")],
        CreatedAt = Utc("2024-02-29T12:00:00.000Z"),
        UpdatedAt = Utc("2024-02-29T12:00:00.000Z"),
        Name = "Annika Dahl",
        Nickname = "annika",
        GivenName = "Annika",
        FamilyName = "Dahl",
        Email = "annika.dahl@example.org",
        EmailVerified = true,
        LastLogin = Utc("2024-02-29T12:00:00.000Z"),
        LastIp = "198.51.100.7",
        LoginsCount = 3,
        Blocked = true,
    };

    public static TenantUser Bob { get; } = new()
    {
        UserId = "samlp|contoso|bob+crm@example.net",
        Identities = [new(Contoso, "contoso|bob+crm@example.net")],
        CreatedAt = Utc("2024-03-01T00:00:00.000Z"),
        UpdatedAt = Utc("2024-03-01T00:00:00.000Z"),
        Name = "Bob O'Brien",
        Nickname = "bob",
        GivenName = "Bob",
        FamilyName = "O'Brien",
        Email = "bob@example.net",
        EmailVerified = false,
        UserMetadata = Json("""{"addresses":[{"city":"Paris"},{"city":"Lyon"}],"newsletter":true}"""),
    };

    public static TenantUser Carla { get; } = new()
    {
        UserId = "github|1004",
        Identities = [new(GitHub, "1004")],
        CreatedAt = Utc("2024-03-31T23:59:59.999Z"),
        UpdatedAt = Utc("2024-06-01T00:00:00.000Z"),
        Name = "Carla \"Cee\" Smith-Weber",
        Nickname = "carla",
        GivenName = "Carla",
        FamilyName = "Smith-Weber",
        Email = "carla@example.com",
        EmailVerified = true,
        LastLogin = Utc("2024-06-01T00:00:00.000Z"),
        LastIp = "203.0.113.9",
        LoginsCount = 100,
    };

    public static TenantUser Dial { get; } = new()
    {
        UserId = "sms|0e",
        Identities = [new(Sms, "0e")],
        CreatedAt = Utc("2025-01-01T00:00:00.000Z"),
        UpdatedAt = Utc("2025-01-01T00:00:00.000Z"),
        Name = "+15552010100",
        Nickname = "dial",
        PhoneNumber = "+15552010100",
        PhoneVerified = true,
    };

    public static IReadOnlyList<TenantUser> All { get; } = [Ann, Annika, Bob, Carla, Dial];

    private static DateTime Utc(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
