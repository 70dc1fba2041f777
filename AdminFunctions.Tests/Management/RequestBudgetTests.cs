using AdminFunctions.Management;

namespace AdminFunctions.Tests.Management;

public sealed class RequestBudgetTests
{
    private readonly FakeTime _time = new();

    [Fact]
    public void A_nested_budget_is_current_until_it_is_disposed()
    {
        using (var outer = RequestBudget.Start(_time, TimeSpan.FromSeconds(10)))
        {
            using (var inner = RequestBudget.Start(_time, TimeSpan.FromSeconds(3)))
            {
                RequestBudget.Current.ShouldBeSameAs(inner);
            }

            RequestBudget.Current.ShouldBeSameAs(outer);
        }

        RequestBudget.Current.ShouldBeNull();
    }

    [Fact]
    public async Task A_budget_is_current_in_what_is_awaited_and_not_after_it()
    {
        using var outer = RequestBudget.Start(_time, TimeSpan.FromSeconds(10));

        await InnerAsync();

        RequestBudget.Current.ShouldBeSameAs(outer);

        async Task InnerAsync()
        {
            using var inner = RequestBudget.Start(_time, TimeSpan.FromSeconds(3));
            await Task.Yield();
            (await CurrentAsync()).ShouldBeSameAs(inner);
        }

        static async Task<RequestBudget?> CurrentAsync()
        {
            await Task.Yield();
            return RequestBudget.Current;
        }
    }

    [Fact]
    public void An_expired_inner_budget_leaves_the_outer_one_its_time()
    {
        using var outer = RequestBudget.Start(_time, TimeSpan.FromSeconds(10));
        using (var inner = RequestBudget.Start(_time, TimeSpan.FromSeconds(3)))
        {
            _time.Advance(TimeSpan.FromSeconds(4));
            inner.Token.IsCancellationRequested.ShouldBeTrue();
            inner.Remaining.ShouldBe(TimeSpan.Zero);
        }

        RequestBudget.Current!.Token.IsCancellationRequested.ShouldBeFalse();
        RequestBudget.Current.Remaining.ShouldBe(TimeSpan.FromSeconds(6));
    }
}
