using AdminFunctions.Http;
using AdminFunctions.Management;
using AdminFunctions.Users;
using Auth0.ManagementApi;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Micro;

/// <summary>Converts a page of 50 users of the SDK to the JSON of the API.</summary>
public class PageToJson
{
    private readonly UserListQuery _query = UserListQuery.Parse(new QueryCollection());
    private readonly ListUsersOffsetPaginatedResponseContent _answer;

    /// <summary>Reads the page.</summary>
    public PageToJson() => _answer = Functions.Get<TenantUsers>()
        .ListAsync(_query.ToListUsersRequest(), CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>The benchmark.</summary>
    [Benchmark]
    public Task WriteAsync() => new BodyResult(UserPage.From(_answer, _query).ToJson(withTotals: true), UsersJson.ContentType)
        .ExecuteAsync(Functions.Request());
}
