using AdminFunctions.Management;
using AdminFunctions.Users;
using Auth0.ManagementApi;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Micro;

/// <summary>The SDK's page of 50 users becomes ours, and JSON.</summary>
public class PageToJson
{
    private readonly UserListQuery _query = UserListQuery.Parse(new QueryCollection());
    private readonly ListUsersOffsetPaginatedResponseContent _answer;

    /// <summary>Has the page read.</summary>
    public PageToJson() => _answer = Functions.Get<TenantUsers>().ListAsync(_query.ToListUsersRequest(), CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>The benchmark.</summary>
    [Benchmark]
    public Task WriteAsync() => TypedResults.Bytes(UserPage.From(_answer, _query).ToJson(withTotals: true), UsersJson.ContentType).ExecuteAsync(Functions.Request());
}
