namespace AdminFunctions.Management;

/// <summary>For each endpoint of the Management API, the fields of its response that reach the SDK.</summary>
internal static class ResponseFields
{
    /// <summary>
    /// A header for the request of a user by ID (RFC 7240, section 4.4). The response must then say who the user is: an account whose
    /// provider or ID cannot be read is an error, because it may be protected. <see cref="CanonicalJsonHandler"/> takes the header off.
    /// </summary>
    public static readonly KeyValuePair<string, string?> Strict = new("Prefer", "handling=strict");

    private static readonly KeptFields Served = new(
        UserFields.Served.Select(static field =>
            field.Kind is FieldKind.Structures ? field with { Of = new(UserFields.OfIdentity) } : field));

    /// <summary>The served fields, but the user's identities must be readable, with the addresses to which Auth0 sends emails.</summary>
    private static readonly KeptFields Identifying = new(
    [
        .. UserFields.Served.Where(static field => field.Kind is not FieldKind.Structures),
        new("identities", FieldKind.Structures)
        {
            MustBeReadable = true,
            AllowsNulls = true,
            Of = new(
            [
                .. UserFields.OfIdentity.Select(static field =>
                    field.Name is "provider" or "user_id" ? field with { MustBeReadable = true } : field),
                new("profileData", FieldKind.Structure) { Of = new(new Field("email", FieldKind.Text)) },
            ]),
        },
    ]);

    private static readonly KeptFields Users = Page("users", Served);

    private static readonly KeptFields Updated = new(UserFields.UserId, new("blocked", FieldKind.Flag));

    private static readonly KeptFields Log = Page("logs", new(LogFields.Served));

    private static readonly KeptFields Blocks = new(
        new Field("blocked_for", FieldKind.Structures)
        {
            MustBeReadable = true,
            Of = new(
                new Field("identifier", FieldKind.Text),
                new Field("ip", FieldKind.Text),
                new Field("connection", FieldKind.Text)),
        });

    private static readonly KeptFields AuthenticationMethods = Page(
        "authenticators",
        new(
            new Field("id", FieldKind.Text) { MustBeReadable = true, Companion = "\"created_at\":\"2000-01-01T00:00:00.000Z\"" },
            new Field("type", FieldKind.Text) { MustBeReadable = true }));

    private static readonly KeptFields RefreshTokens = Activity("tokens", "last_exchanged_at");

    private static readonly KeptFields Sessions = Activity("sessions", "last_interacted_at");

    private static readonly KeptFields Job = new(
        new Field("id", FieldKind.Text) { MustBeReadable = true },
        new Field("type", FieldKind.Text) { MustBeReadable = true },
        new Field("status", FieldKind.Text) { MustBeReadable = true });

    /// <summary>The fields of the response to a request; <see langword="null"/> if the SDK does not read the response.</summary>
    public static KeptFields? Of(HttpRequestMessage request) =>
        (request.Method.Method, TenantOperation.Segments(request)) switch
        {
            ("GET", ["api", "v2", "users"]) => Users,
            ("GET", ["api", "v2", "users", _]) => request.Headers.Contains(Strict.Key) ? Identifying : Served,
            ("PATCH", ["api", "v2", "users", _]) => Updated,
            ("GET", ["api", "v2", "users", _, "logs"]) => Log,
            ("GET", ["api", "v2", "users", _, "authentication-methods"]) => AuthenticationMethods,
            ("GET", ["api", "v2", "users", _, "refresh-tokens"]) => RefreshTokens,
            ("GET", ["api", "v2", "users", _, "sessions"]) => Sessions,
            ("GET", ["api", "v2", "user-blocks", _]) => Blocks,
            ("POST", ["api", "v2", "jobs", "verification-email"]) => Job,
            _ => null,
        };

    /// <summary>A page of what a user has, with the times that tell when it was used.</summary>
    private static KeptFields Activity(string name, string lastUsed) => new(
        new Field(name, FieldKind.Structures)
        {
            MustBeReadable = true,
            Of = new(
                new Field("created_at", FieldKind.Moment) { MustBeReadable = true },
                new Field(lastUsed, FieldKind.Moment) { MustBeReadable = true }),
        },
        new Field("next", FieldKind.Text));

    private static KeptFields Page(string name, KeptFields items) => new(
        new Field("start", FieldKind.Number) { MustBeReadable = true },
        new Field("limit", FieldKind.Number) { MustBeReadable = true },
        new Field("length", FieldKind.Number) { MustBeReadable = true },
        new Field("total", FieldKind.Number) { MustBeReadable = true },
        new Field(name, FieldKind.Structures) { MustBeReadable = true, Of = items });
}
