using AdminFunctions.Management;
using AdminFunctions.Telemetry;

namespace AdminFunctions.Export;

/// <summary>Starts exports.</summary>
public sealed class UserExports(TenantUsers tenant, ExportSlots slots, WalkPace pace, TimeProvider time, Instruments instruments)
{
    /// <summary>Starts an export and reads its first page, so that a failure up to there is known before a response begins.</summary>
    /// <param name="subject">The caller's <c>sub</c>.</param>
    /// <param name="cancellationToken">Canceled when the caller hangs up.</param>
    /// <exception cref="TooManyExportsException">Too many exports are under way.</exception>
    /// <exception cref="TenantException">Auth0 did not return the first page.</exception>
    /// <exception cref="VaultException">The client secret could not be read.</exception>
    public async Task<UserExport> StartAsync(UserExportQuery query, string subject, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var walk = new UserWalk(tenant, pace, time, query.ToListUsersRequest(), query.After?.Position);
        var pages = walk.RunAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        var export = new UserExport(query, pages, () => walk.Position, slots.Take(subject), time, instruments);
        try
        {
            await export.ReadFirstPageAsync();
            return export;
        }
        catch
        {
            await export.DisposeAsync();
            throw;
        }
    }
}
