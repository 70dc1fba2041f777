using AdminFunctions.Access;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Micro;

/// <summary>A caller is admitted by a token, the signing keys being there.</summary>
public class TokenValidation
{
    private readonly BearerAuthentication _authentication = Functions.Get<BearerAuthentication>();
    private readonly HttpRequest _known = Functions.Request().Request;

    // Expired, but within the clock skew: good, and never taken for known.
    private readonly HttpRequest _unknown = Functions.Request(token: Functions.Token(TimeSpan.FromSeconds(-30))).Request;

    /// <summary>A token that has been found good before.</summary>
    [Benchmark]
    public Task<Caller> KnownAsync() => _authentication.AdmitAsync(_known, Permissions.ReadUsers, CancellationToken.None);

    /// <summary>A token whose signature is verified.</summary>
    [Benchmark]
    public Task<Caller> UnknownAsync() => _authentication.AdmitAsync(_unknown, Permissions.ReadUsers, CancellationToken.None);
}
