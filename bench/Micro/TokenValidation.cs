using AdminFunctions.Access;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Micro;

/// <summary>Validates the token of a caller, with cached signing keys.</summary>
public class TokenValidation
{
    private readonly BearerAuthentication _authentication = Functions.Get<BearerAuthentication>();
    private readonly HttpRequest _known = Functions.Request().Request;

    // Expired, but within the clock skew: valid, and never cached.
    private readonly HttpRequest _unknown = Functions.Request(token: Functions.Token(TimeSpan.FromSeconds(-30))).Request;

    /// <summary>A token that was validated before.</summary>
    [Benchmark]
    public Task<Caller> KnownAsync() => _authentication.AdmitAsync(_known, Permissions.ReadUsers, CancellationToken.None);

    /// <summary>A token whose signature must be verified.</summary>
    [Benchmark]
    public Task<Caller> UnknownAsync() => _authentication.AdmitAsync(_unknown, Permissions.ReadUsers, CancellationToken.None);
}
