using AdminFunctions.Users;
using BenchmarkDotNet.Attributes;

namespace AdminFunctions.Micro;

/// <summary>Parses a user ID from a route.</summary>
public class IdParsing
{
    /// <summary>The ID as it comes from the host.</summary>
    [Params("auth0|5f7c8ec7c33c6c004bbafe82", "samlp|acme|some%2Fone@example.com")]
    public string Id { get; set; } = "";

    /// <summary>The benchmark.</summary>
    [Benchmark]
    public Auth0UserId Parse() => Auth0UserId.Parse(Id);
}
