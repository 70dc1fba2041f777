using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant.Oidc;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.LocalHost.Tenant;

/// <summary>
/// The control API of the local tenant, under <c>/_local</c>: tokens, counts, faults, users, sign-ins, sessions, blocks, mails, rotations.
/// </summary>
/// <param name="tenant">The tenant.</param>
internal sealed class LocalControl(LocalTenant tenant)
{
    /// <summary>The base path.</summary>
    public const string BasePath = "/_local";

    private const int MaxTokenSeconds = 10 * 365 * 86_400;

    /// <summary>Adds the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(BasePath + "/token", Guarded(TokenAsync));
        routes.MapGet(BasePath + "/stats", Guarded(context => context.AnswerAsync(200, tenant.Stats.ToJson())));
        routes.MapPost(BasePath + "/faults", Guarded(AddFaultsAsync));
        routes.MapDelete(BasePath + "/faults", Guarded(context => DoneAsync(context, tenant.Faults.Clear)));
        routes.MapPost(BasePath + "/users", Guarded(PutUsersAsync));
        routes.MapPost(BasePath + "/sign-in", Guarded(SignInAsync));
        routes.MapPost(BasePath + "/token-exchange", Guarded(context => UseAsync(context, ExchangeToken)));
        routes.MapPost(BasePath + "/interaction", Guarded(context => UseAsync(context, Interact)));
        routes.MapPost(BasePath + "/user-blocks", Guarded(BlockAsync));
        routes.MapGet(BasePath + "/user-blocks", Guarded(context => context.AnswerAsync(200, Blocks())));
        routes.MapGet(BasePath + "/mails", Guarded(context => context.AnswerAsync(200, tenant.Activity.Mails.ToJson())));
        routes.MapDelete(BasePath + "/mails", Guarded(context => DoneAsync(context, tenant.Activity.Mails.Clear)));
        routes.MapPost(BasePath + "/rotate-secret", Guarded(RotateSecretAsync));
        routes.MapPost(BasePath + "/revoke-tokens", Guarded(context => DoneAsync(context, tenant.RevokeManagementTokens)));
        routes.MapPost(BasePath + "/rotate-keys", Guarded(RotateKeysAsync));
    }

    /// <summary>Allows requests only from pages on this machine. Any web page can make a browser send requests here.</summary>
    private static RequestDelegate Guarded(RequestDelegate answer) => context =>
        context.Request.Headers.Origin is { Count: > 0 } origin && !AuthorizeEndpoint.IsLoopback(origin.ToString(), out _)
            ? SentenceAsync(context, 403, $"Pages of {origin} cannot use {BasePath}. Only pages from this machine can.")
            : answer(context);

    private async Task TokenAsync(HttpContext context)
    {
        const string Good = """{"sub":"auth0|anyone","permissions":["read:users"],"expiresIn":3600}""";
        if (await BodyAsync(context, LocalControlJson.Default.TokenRequest, Good) is not { } request)
        {
            return;
        }

        if (request.Sub is not { Length: > 0 })
        {
            await SentenceAsync(context, 400, "sub is missing. Specify the user ID for the token, such as \"auth0|anyone\".");
        }
        else if (Math.Abs((long)request.ExpiresIn) > MaxTokenSeconds)
        {
            await SentenceAsync(context, 400, $"expiresIn must be between -{MaxTokenSeconds} and {MaxTokenSeconds} seconds.");
        }
        else
        {
            await context.AnswerAsync(200, new JsonObject
            {
                ["access_token"] = tenant.MintAccessToken(
                    request.Sub,
                    request.Permissions ?? [],
                    TimeSpan.FromSeconds(request.ExpiresIn),
                    request.Audience,
                    request.Scope ?? "",
                    request.OrgId),
            });
        }
    }

    private async Task AddFaultsAsync(HttpContext context)
    {
        const string Good =
            """[{"match":"GET /api/v2/users","times":3,"status":429,"headers":{"Retry-After":"1"},"body":{},"delayMs":0}]""";
        if (await BodyAsync(context, FaultJson.Default.FaultArray, Good) is not { } faults)
        {
            return;
        }

        if (faults.Select(fault => fault is null ? "A fault must not be null." : fault.Invalid())
            .FirstOrDefault(reason => reason is not null) is { } reason)
        {
            await SentenceAsync(context, 400, reason);
            return;
        }

        tenant.Faults.Add(faults!);
        context.Response.StatusCode = 204;
    }

    private async Task PutUsersAsync(HttpContext context)
    {
        const string Good = """[{"user_id":"auth0|anyone","name":"Any One","email":"anyone@example.com"}]""";
        if (await BodyAsync(context, LocalControlJson.Default.NewUserArray, Good) is not { } users)
        {
            return;
        }

        if (Array.Exists(users, static user => user?.UserId?.Split('|') is not [{ Length: > 0 }, { Length: > 0 }, ..]))
        {
            await SentenceAsync(
                context, 400, "user_id is missing or not valid. Specify a provider, a | and an ID, such as \"auth0|anyone\".");
            return;
        }

        tenant.Users.Put(users.Select(user => user.ToTenantUser(tenant.Now)));
        context.Response.StatusCode = 204;
    }

    /// <summary>Signs a user in, as their browser would: with the right password or with a wrong one.</summary>
    private async Task SignInAsync(HttpContext context)
    {
        const string Good = """{"user_id":"auth0|anyone","password":"right"}""";
        if (await BodyAsync(context, LocalControlJson.Default.SignInRequest, Good) is not { } request)
        {
            return;
        }

        if (request.UserId is not { } userId || tenant.Users.Find(userId) is null)
        {
            await SentenceAsync(context, 404, "There is no user with this user_id.");
            return;
        }

        if (request.Password is not (null or "right" or "wrong"))
        {
            await SentenceAsync(context, 400, "password must be \"right\" or \"wrong\".");
            return;
        }

        var (sessionId, error, description) = tenant.SignIn.Try(userId, request.Password is not "wrong", context);
        if (sessionId is not null)
        {
            var answer = new JsonObject { ["session_id"] = sessionId };
            if (request.OfflineAccess)
            {
                answer["refresh_token"] = tenant.Sessions.AddRefreshToken(AuthorizationOf(userId, sessionId), Device.Of(context));
            }

            await context.AnswerAsync(200, answer);
            return;
        }

        await context.AnswerAsync(403, new JsonObject { ["error"] = error, ["error_description"] = description });
    }

    /// <summary>Uses a session or a refresh token of a user now. That is no login, so the user does not change.</summary>
    private async Task UseAsync(HttpContext context, Action<TenantUser, Device> use)
    {
        const string Good = """{"user_id":"auth0|anyone"}""";
        if (await BodyAsync(context, LocalControlJson.Default.UseRequest, Good) is not { } request)
        {
            return;
        }

        if (request.UserId is null || tenant.Users.Find(request.UserId) is not { } user)
        {
            await SentenceAsync(context, 404, "There is no user with this user_id.");
            return;
        }

        use(user, Device.Of(context));
        context.Response.StatusCode = 204;
    }

    private void ExchangeToken(TenantUser user, Device device)
    {
        if (!tenant.Sessions.TryMarkExchanged(user.UserId))
        {
            tenant.Sessions.AddRefreshToken(AuthorizationOf(user.UserId, sessionId: null), device, user.LastLogin ?? user.CreatedAt);
            tenant.Sessions.TryMarkExchanged(user.UserId);
        }
    }

    private void Interact(TenantUser user, Device device)
    {
        if (tenant.Sessions.SessionsOf(user.UserId) is not [.., var session] || !tenant.Sessions.TryUse(session.Id, out _))
        {
            tenant.Sessions.Start(user.UserId, device, user.LastLogin ?? user.CreatedAt);
        }
    }

    private Authorization AuthorizationOf(string userId, string? sessionId) => new(
        userId, sessionId, new("http://localhost", ["openid", "offline_access"], tenant.Audience, null, null, "", false));

    /// <summary>Blocks a user for an IP address, as ten wrong passwords do.</summary>
    private async Task BlockAsync(HttpContext context)
    {
        const string Good = """{"user_id":"auth0|anyone","ip":"203.0.113.7"}""";
        if (await BodyAsync(context, LocalControlJson.Default.BlockRequest, Good) is not { } request)
        {
            return;
        }

        if (request.Ip is not null && !System.Net.IPAddress.TryParse(request.Ip, out _))
        {
            await SentenceAsync(context, 400, "ip is not valid. Specify an IP address, such as \"203.0.113.7\".");
            return;
        }

        if (request.UserId is null || tenant.Users.Find(request.UserId) is not { } user)
        {
            await SentenceAsync(context, 404, "There is no user with this user_id.");
            return;
        }

        tenant.Activity.Blocks.Add(user.UserId, new(
            user.Email ?? user.Name, request.Ip ?? SignIn.IpOf(context), user.Identities[0].Connection.Name));
        context.Response.StatusCode = 204;
    }

    private JsonArray Blocks() =>
    [
        .. tenant.Activity.Blocks.All.Select(static blocked => new JsonObject
        {
            ["user_id"] = blocked.UserId,
            ["identifier"] = blocked.Block.Identifier,
            ["ip"] = blocked.Block.Ip,
            ["connection"] = blocked.Block.Connection,
        }),
    ];

    private async Task RotateSecretAsync(HttpContext context)
    {
        const string Good = """{"revokeTokens":true}""";
        if (await BodyAsync(context, LocalControlJson.Default.RotateSecretRequest, Good, optional: true) is not { } request)
        {
            return;
        }

        tenant.RotateClientSecret();
        if (request.RevokeTokens)
        {
            tenant.RevokeManagementTokens();
        }

        context.Response.StatusCode = 204;
    }

    private async Task RotateKeysAsync(HttpContext context)
    {
        const string Good = """{"revokePrevious":true}""";
        if (await BodyAsync(context, LocalControlJson.Default.RotateKeysRequest, Good, optional: true) is not { } request)
        {
            return;
        }

        tenant.SigningKeys.Rotate(request.RevokePrevious);
        context.Response.StatusCode = 204;
    }

    private static Task DoneAsync(HttpContext context, Action action)
    {
        action();
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    /// <summary>Reads the body, with any content type. If it is not valid, sends an error and returns null.</summary>
    private static async Task<T?> BodyAsync<T>(HttpContext context, JsonTypeInfo<T> type, string good, bool optional = false)
        where T : class
    {
        using var body = new StreamReader(context.Request.Body);
        var text = await body.ReadToEndAsync(context.RequestAborted);
        try
        {
            if (optional && text.Length is 0)
            {
                text = "{}";
            }

            if (JsonSerializer.Deserialize(text, type) is { } value)
            {
                return value;
            }

            await SentenceAsync(context, 400, $"The body must not be null. Send a body such as {good}");
        }
        catch (JsonException exception)
        {
            await SentenceAsync(context, 400,
                $"The body is not valid for {context.Request.Method} {context.Request.Path}. "
                + $"Send a body such as {good}. {exception.Message}");
        }

        return null;
    }

    private static Task SentenceAsync(HttpContext context, int status, string sentence) =>
        context.AnswerAsync(status, new JsonObject { ["error"] = sentence });
}

internal sealed record TokenRequest(
    string? Sub,
    string[]? Permissions,
    string? Audience,
    string? Scope,
    [property: JsonPropertyName("org_id")] string? OrgId,
    int ExpiresIn = 86_400);

internal sealed record SignInRequest(
    [property: JsonPropertyName("user_id")] string? UserId,
    string? Password,
    [property: JsonPropertyName("offline_access")] bool OfflineAccess);

internal sealed record UseRequest([property: JsonPropertyName("user_id")] string? UserId);

internal sealed record BlockRequest([property: JsonPropertyName("user_id")] string? UserId, string? Ip);

internal sealed record RotateSecretRequest(bool RevokeTokens);

internal sealed record RotateKeysRequest(bool RevokePrevious);

/// <summary>A user, with the field names of the Management API. Omitted fields have the values of a new user.</summary>
internal sealed record NewUser(
    [property: JsonPropertyName("user_id")] string UserId,
    string? Name,
    string? Email,
    [property: JsonPropertyName("email_verified")] bool? EmailVerified,
    string? Username,
    [property: JsonPropertyName("phone_number")] string? PhoneNumber,
    [property: JsonPropertyName("given_name")] string? GivenName,
    [property: JsonPropertyName("family_name")] string? FamilyName,
    string? Nickname,
    string? Picture,
    string? Connection,
    [property: JsonPropertyName("created_at")] DateTime? CreatedAt,
    [property: JsonPropertyName("last_login")] DateTime? LastLogin,
    [property: JsonPropertyName("last_ip")] string? LastIp,
    [property: JsonPropertyName("logins_count")] int? LoginsCount,
    bool Blocked)
{
    /// <summary>Creates the user of the tenant.</summary>
    /// <param name="now">The creation time, if the request has none.</param>
    public TenantUser ToTenantUser(DateTime now)
    {
        var bar = UserId.IndexOf('|', StringComparison.Ordinal);
        var (provider, id) = (UserId[..bar], UserId[(bar + 1)..]);
        var created = CreatedAt?.ToUniversalTime() ?? now;
        return new TenantUser
        {
            UserId = UserId,
            Identities = [new(new(Connection ?? (provider is "auth0" ? "Username-Password-Authentication" : provider), provider), id)],
            CreatedAt = created,
            UpdatedAt = created,
            Name = Name ?? Email ?? UserId,
            Email = Email,
            EmailVerified = EmailVerified ?? (Email is null ? null : false),
            Username = Username,
            PhoneNumber = PhoneNumber,
            GivenName = GivenName,
            FamilyName = FamilyName,
            Nickname = Nickname,
            Picture = Picture,
            LastLogin = LastLogin?.ToUniversalTime(),
            LastIp = LastIp,
            LoginsCount = LoginsCount,
            Blocked = Blocked,
        };
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(NewUser[]))]
[JsonSerializable(typeof(SignInRequest))]
[JsonSerializable(typeof(UseRequest))]
[JsonSerializable(typeof(BlockRequest))]
[JsonSerializable(typeof(RotateSecretRequest))]
[JsonSerializable(typeof(RotateKeysRequest))]
internal sealed partial class LocalControlJson : JsonSerializerContext;
