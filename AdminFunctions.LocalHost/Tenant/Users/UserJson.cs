using System.Text.Json;

namespace AdminFunctions.LocalHost.Tenant.Users;

/// <summary>Writes users in the format of the Management API.</summary>
internal static class UserJson
{
    /// <summary>
    /// The values of the parameter <c>fields</c>, from Auth0's error message about other values. It does not contain phone_verified.
    /// </summary>
    public static readonly IReadOnlyList<string> Fields =
    [
        "phone_number", "email", "email_verified", "picture", "username", "user_id", "name", "nickname",
        "created_at", "identities", "app_metadata", "user_metadata", "last_ip", "last_login", "logins_count", "updated_at",
        "blocked", "family_name", "given_name",
    ];

    /// <summary>Writes one user.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="user">The user.</param>
    /// <param name="asked">Whether a field was requested.</param>
    /// <param name="withProviderTokens">Whether social identities contain the access tokens of their providers.</param>
    public static void Write(Utf8JsonWriter json, TenantUser user, Predicate<string> asked, bool withProviderTokens)
    {
        json.WriteStartObject();
        if (user.Changes is { } changes)
        {
            foreach (var (name, value) in changes.Where(change => change.Value is not null && asked(change.Key)))
            {
                json.WritePropertyName(name);
                json.WriteRawValue(value!);
            }

            var original = asked;
            asked = name => original(name) && !changes.ContainsKey(name);
        }

        Date("created_at", user.CreatedAt);
        Text("email", user.Email);
        Flag("email_verified", user.EmailVerified);
        Text("username", user.Username);
        Text("phone_number", user.PhoneNumber);
        Flag("phone_verified", user.PhoneVerified);
        if (asked("identities"))
        {
            WriteIdentities(json, user, withProviderTokens);
        }

        Text("name", user.Name);
        Text("given_name", user.GivenName);
        Text("family_name", user.FamilyName);
        Text("nickname", user.Nickname);
        Text("picture", user.Picture);
        Date("updated_at", user.UpdatedAt);
        Text("user_id", user.UserId);
        Metadata("user_metadata", user.UserMetadata);
        Metadata("app_metadata", user.AppMetadata);
        Date("last_login", user.LastLogin);
        Text("last_ip", user.LastIp);
        if (user.LoginsCount is { } count && asked("logins_count"))
        {
            json.WriteNumber("logins_count", count);
        }

        Flag("blocked", user.Blocked ? true : null);
        json.WriteEndObject();

        void Text(string name, string? value)
        {
            if (value is not null && asked(name))
            {
                json.WriteString(name, value);
            }
        }

        void Flag(string name, bool? value)
        {
            if (value is { } flag && asked(name))
            {
                json.WriteBoolean(name, flag);
            }
        }

        void Date(string name, DateTime? value)
        {
            if (value is { } date && asked(name))
            {
                json.WriteString(name, date.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
            }
        }

        void Metadata(string name, JsonElement? value)
        {
            if (value is not { } metadata || !asked(name))
            {
                return;
            }

            json.WritePropertyName(name);
            metadata.WriteTo(json);
        }
    }

    private static void WriteIdentities(Utf8JsonWriter json, TenantUser user, bool withProviderTokens)
    {
        json.WriteStartArray("identities");
        foreach (var identity in user.Identities)
        {
            json.WriteStartObject();
            if (identity.Connection.NumericIds && long.TryParse(identity.UserId, out var number))
            {
                json.WriteNumber("user_id", number);
            }
            else
            {
                json.WriteString("user_id", identity.UserId);
            }

            json.WriteString("provider", identity.Connection.Provider);
            json.WriteString("connection", identity.Connection.Name);
            json.WriteBoolean("isSocial", identity.Connection.IsSocial);
            if (identity.Email is { } email)
            {
                json.WriteStartObject("profileData");
                json.WriteString("email", email);
                json.WriteBoolean("email_verified", value: false);
                json.WriteEndObject();
            }

            if (withProviderTokens && identity.Connection.IsSocial)
            {
                json.WriteString("access_token", $"idp-access-token-{identity.Connection.Provider}-{identity.UserId}");
                json.WriteNumber("expires_in", 3599);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
