using System.Text.Json.Nodes;

namespace AdminFunctions.LocalHost.Tenant.Activity;

/// <summary>The mails that the tenant would have sent. Their links are left out, because they would be credentials.</summary>
internal sealed class Mailbox(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly List<Mail> _mails = [];
    private long _sent;

    /// <summary>The number of mails since the start, including those that were removed.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>The mails, newest first.</summary>
    public IReadOnlyList<Mail> All
    {
        get
        {
            lock (_lock)
            {
                return [.. Enumerable.Reverse(_mails)];
            }
        }
    }

    /// <summary>Sends a mail.</summary>
    /// <param name="type"><c>verification</c> or <c>password-reset</c>.</param>
    public void Send(string to, string type, string connection)
    {
        lock (_lock)
        {
            Interlocked.Increment(ref _sent);
            _mails.Add(new Mail(to, type, connection, clock.GetUtcNow().UtcDateTime));
        }
    }

    /// <summary>Removes all mails.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _mails.Clear();
        }
    }

    /// <summary>The mails as JSON.</summary>
    public JsonArray ToJson() =>
    [
        .. All.Select(static mail => new JsonObject
        {
            ["to"] = mail.To,
            ["type"] = mail.Type,
            ["connection"] = mail.Connection,
            ["date"] = mail.Date.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"),
        }),
    ];
}

/// <summary>A mail.</summary>
internal sealed record Mail(string To, string Type, string Connection, DateTime Date);
