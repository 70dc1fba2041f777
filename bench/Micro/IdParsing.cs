using AdminFunctions.Users;
using BenchmarkDotNet.Attributes;

namespace AdminFunctions.Micro;

/// <summary>A user id is read out of a route.</summary>
public class IdParsing
{
    /// <summary>The id, as the host hands it over.</summary>
    [Params("auth0|5f7c8ec7c33c6c004bbafe82", "samlp|acme|some%2Fone@example.com")]
    public string Id { get; set; } = "";

    /// <summary>The benchmark.</summary>
    [Benchmark]
    public Auth0UserId Parse() => Auth0UserId.Parse(Id);
}
