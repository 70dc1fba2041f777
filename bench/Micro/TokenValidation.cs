using AdminFunctions.Access;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Micro;

/// <summary>A caller is admitted by a token, the signing keys being there.</summary>
public class TokenValidation
{
    private readonly BearerAuthentication _authentication = Functions.Get<BearerAuthentication>();
    private readonly HttpRequest _request = Functions.Request().Request;

    /// <summary>The benchmark.</summary>
    [Benchmark]
    public Task<Caller> AdmitAsync() => _authentication.AdmitAsync(_request, Permissions.ReadUsers, CancellationToken.None);
}
