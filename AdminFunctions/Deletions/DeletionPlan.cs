using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using AdminFunctions.Access;
using AdminFunctions.Audit;
using AdminFunctions.Export;
using AdminFunctions.Management;
using AdminFunctions.Settings;
using AdminFunctions.Users;
using Auth0.ManagementApi;
using Microsoft.IdentityModel.Tokens;

namespace AdminFunctions.Deletions;

/// <summary>
/// A plan that is being made: users in batches, with a ticket for each batch and, once all users have been found, the seal. It keeps one
/// batch in memory, however many users there are. Nothing is changed.
/// </summary>
internal sealed class DeletionPlan(
    PlanRequest request,
    Caller caller,
    SecurityKey key,
    string traceId,
    IAsyncEnumerator<IReadOnlyList<UserResponseSchema>> pages,
    IDisposable slot,
    PlanTokens tokens,
    ProtectionRules rules,
    AuditTrail audit,
    UsersOptions settings,
    TimeProvider time) : IStreamedBody
{
    /// <summary>The largest number of users in a batch.</summary>
    internal const int MaxUsers = 100;

    /// <summary>The largest size of the users in a ticket, so that it fits into the body of a request twice over.</summary>
    private const int MaxTicketInBytes = 20 * 1024;

    /// <summary>What a planned user takes in a ticket, apart from the ID: two times, a hash and the names of all.</summary>
    private const int BytesOfAUser = 120;

    private readonly string _id = Guid.NewGuid().ToString("N");
    private readonly DateTimeOffset _madeAt = time.GetUtcNow();
    private readonly DateTimeOffset _expiresAt = tokens.Expiry();
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly NdjsonLine _line = new();
    private readonly List<User> _batch = [];
    private readonly List<string> _warnings = [];
    private bool _hasPage;
    private int _batchBytes;
    private int _batches;
    private int _total;
    private int _self;
    private int _protected;
    private int _blocked;

    /// <summary>Since when a user must have been inactive; <see langword="null"/> if that is not looked at.</summary>
    public DateTimeOffset? InactiveSince { get; private set; } = request.ActivityBound;

    /// <inheritdoc/>
    public string ContentType => NdjsonLine.ContentType;

    /// <inheritdoc/>
    public string? FileName => null;

    private PlanAction Action => request.Action!.Value;

    /// <summary>Reads the first page.</summary>
    /// <returns>The IDs of the users on it.</returns>
    public async Task<IEnumerable<string>> ReadFirstPageAsync()
    {
        _hasPage = await pages.MoveNextAsync();
        return _hasPage ? pages.Current.Select(static user => user.UserId).OfType<string>() : [];
    }

    /// <summary>Plans without a look at the users' activity.</summary>
    /// <param name="warning">Why, and what that means, for the caller to read.</param>
    public void DoNotLookAtActivity(string warning)
    {
        InactiveSince = null;
        _warnings.Add(warning);
    }

    /// <inheritdoc/>
    /// <exception cref="PlanRefusedException">There are too many users.</exception>
    public async Task WriteAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        for (; _hasPage; _hasPage = await pages.MoveNextAsync())
        {
            foreach (var user in pages.Current.Select(User.From))
            {
                Add(output, user);
            }

            await output.FlushAsync(cancellationToken);
        }

        EndBatch(output);
        slot.Dispose();
        _line.Write(output, new PlanLine { Plan = End() }, PlanLinesJson.Unescaped.PlanLine);
        await output.FlushAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void WriteFailure(IBufferWriter<byte> output, ReadOnlySpan<byte> problem) => NdjsonLine.WriteFailure(output, problem);

    /// <summary>Ends the plan and frees its slot.</summary>
    public async ValueTask DisposeAsync()
    {
        await pages.DisposeAsync();
        slot.Dispose();
        _digest.Dispose();
    }

    private void Add(PipeWriter output, User user)
    {
        if (WhyLeftOut(user) is { } reason)
        {
            _line.Write(
                output,
                new PlanLine { LeftOut = new LeftOutUser(user.UserId, user.Name, user.Email, reason) },
                PlanLinesJson.Unescaped.PlanLine);
            return;
        }

        if (Action is PlanAction.Block && user.Blocked is true)
        {
            _blocked++;
            return;
        }

        if (++_total > settings.MaxPlannedUsers)
        {
            throw new PlanRefusedException(
                PlanRefusal.TooLarge,
                $"More than {settings.MaxPlannedUsers} users match, which is the largest plan. Narrow the search, or raise Users__LargestPlan.");
        }

        var bytes = BytesOfAUser + Encoding.UTF8.GetByteCount(user.UserId!);
        if (_batch.Count >= MaxUsers || _batchBytes + bytes > MaxTicketInBytes)
        {
            EndBatch(output);
        }

        _batch.Add(user);
        _batchBytes += bytes;
    }

    private string? WhyLeftOut(User user)
    {
        string[] ids =
        [
            user.UserId ?? throw TenantErrors.Unreadable("the list of users"),
            .. (user.Identities ?? []).Select(static identity => $"{identity.Provider}|{identity.UserId?.Text}"),
        ];
        switch (rules.Find(ids, caller))
        {
            case null:
                return null;
            case ProtectionRule.ProtectedUser:
                _protected++;
                return "protected";
            default:
                _self++;
                return "self";
        }
    }

    private void EndBatch(PipeWriter output)
    {
        if (_batch is [])
        {
            return;
        }

        var ticket = PlanTokens.Sign(
            new Ticket
            {
                Issuer = tokens.Issuer,
                Actor = caller.Subject,
                IssuedAt = _madeAt.ToUnixTimeSeconds(),
                Expires = _expiresAt.ToUnixTimeSeconds(),
                Plan = _id,
                Batch = ++_batches,
                Action = Action,
                InactiveSince = InactiveSince?.ToUnixTimeMilliseconds(),
                Users = [.. _batch.Select(PlannedUser.From)],
            },
            key);
        _digest.AppendData(Encoding.ASCII.GetBytes($"{ticket}\n"));
        _line.Write(output, new PlanLine { Batch = new PlanBatch(_batches, _batch, ticket) }, PlanLinesJson.Unescaped.PlanLine);
        _batch.Clear();
        _batchBytes = 0;
    }

    private SealedPlan End()
    {
        var digest = Base64UrlEncoder.Encode(_digest.GetHashAndReset());
        var seal = PlanTokens.Sign(
            new Seal
            {
                Issuer = tokens.Issuer,
                Actor = caller.Subject,
                IssuedAt = _madeAt.ToUnixTimeSeconds(),
                Expires = _expiresAt.ToUnixTimeSeconds(),
                Plan = _id,
                Action = Action,
                Total = _total,
                Batches = _batches,
                Digest = digest,
                Q = request.Search,
                Reason = request.Reason!,
            },
            key);
        audit.Planned(_id, Action.Name(), caller, _total, digest, traceId, request.Search, request.Reason!);
        return new SealedPlan(
            _id,
            Action,
            _total,
            _batches,
            digest,
            DateTimeOffset.FromUnixTimeSeconds(_expiresAt.ToUnixTimeSeconds()).UtcDateTime,
            new LeftOutCounts(_self, _protected, _blocked),
            InactiveSince?.UtcDateTime,
            _warnings,
            settings.PlansNeedApproval,
            seal);
    }
}
