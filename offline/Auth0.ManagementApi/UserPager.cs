using System.Runtime.CompilerServices;
using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi;

internal sealed class UserPager(UsersClient users, ListUsersRequestParameters request, RequestOptions? options) : Pager<UserResponseSchema>
{
    public Page<UserResponseSchema> CurrentPage { get; private set; } = Page<UserResponseSchema>.Empty;

    // Before the first page too, which ListAsync reads.
    public bool HasNextPage { get; private set; } = true;

    public async Task<Page<UserResponseSchema>> GetNextPageAsync(CancellationToken cancellationToken = default)
    {
        if (!HasNextPage)
        {
            return Page<UserResponseSchema>.Empty;
        }

        var (content, response) = await users.ListPageAsync(request, options, cancellationToken);
        var items = content.Users?.ToList();
        HasNextPage = items is { Count: > 0 };
        if (HasNextPage)
        {
            request.Page = request.Page.GetValueOrDefault(0) + 1 ?? throw new NotSupportedException("Offset must be a number.");
        }

        return CurrentPage = items is null
            ? Page<UserResponseSchema>.Empty
            : new(items, content, response.StatusCode, response.Headers, response.Url);
    }

    public async IAsyncEnumerable<Page<UserResponseSchema>> AsPagesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        yield return CurrentPage;
        while (HasNextPage)
        {
            yield return await GetNextPageAsync(cancellationToken);
        }
    }

    public async IAsyncEnumerator<UserResponseSchema> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await foreach (var page in AsPagesAsync(cancellationToken))
        {
            foreach (var user in page)
            {
                yield return user;
            }
        }
    }
}
