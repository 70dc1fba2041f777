#pragma warning disable CA1822 // A function is usually an instance method, and so are these.

using System.Reflection;
using AdminFunctions.LocalHost.FunctionHost;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Tests.FunctionHost;

/// <summary>
/// The local host refuses at startup what the Functions host or the worker would refuse, or handle wrongly without a message.
/// </summary>
public sealed class StartUpFaultTests
{
    [Theory]
    [InlineData(typeof(ReturnsString), "Text (AdminFunctions.Tests.FunctionHost.ReturnsString.Run): it returns String. The worker would send an empty 200. Return IResult, such as TypedResults.Ok(value), or IActionResult.")]
    [InlineData(typeof(ReturnsObject), "it returns Person.")]
    [InlineData(typeof(ReturnsNestedTask), "it returns Task`1.")]
    [InlineData(typeof(AsyncVoid), "async void cannot be awaited. Return Task.")]
    [InlineData(typeof(AdminRoute), "AdminRoute: its route '/administrators' starts with 'admin' or 'runtime', which the Functions host reserves. Choose another route.")]
    [InlineData(typeof(RuntimeName), "its route 'RuntimeInfo' starts with 'admin' or 'runtime'")]
    [InlineData(typeof(BadTemplate), "its route 'things/{id' is not a valid route template:")]
    [InlineData(typeof(SlashedTemplate), "its route '/things' is not a valid route template:")]
    [InlineData(typeof(UnknownConstraint), "its route 'things/{id:whole}' is not a valid route template: The constraint reference 'whole' could not be resolved")]
    [InlineData(typeof(BadName), "the name of a function must start with a letter")]
    [InlineData(typeof(HostName), "and not be 'host'")]
    [InlineData(typeof(NoTrigger), "a function must have one trigger, and the local host supports only HTTP triggers. Mark one HttpRequest parameter with [HttpTrigger].")]
    [InlineData(typeof(TwoTriggers), "a function must have one trigger")]
    [InlineData(typeof(TriggerOnString), "[HttpTrigger] is on 'body', a String. Put it on an HttpRequest.")]
    [InlineData(typeof(TakesHttpContext), "the worker does not bind the HttpContext 'context'. Use an HttpRequest and its HttpContext.")]
    [InlineData(typeof(TakesService), "the ILogger 'logger' cannot be bound. Use HttpRequest,")]
    [InlineData(typeof(TakesDay), "the DayOfWeek 'day' cannot be bound.")]
    [InlineData(typeof(TakesOut), "the String& 'text' cannot be bound.")]
    [InlineData(typeof(TakesFromServices), "the worker ignores ASP.NET Core's [FromServices] on 'logger'.")]
    [InlineData(typeof(TakesFromQuery), "the worker ignores ASP.NET Core's [FromQuery] on 'page'.")]
    [InlineData(typeof(TakesCode), "TakesCode: the host does not bind a query parameter named 'code'. Read it from HttpRequest.Query.")]
    [InlineData(typeof(NotPublic), "the worker cannot call it. Make it a public method of a class that is not nested, generic or abstract.")]
    [InlineData(typeof(Nested), "the worker cannot call it.")]
    [InlineData(typeof(Generic<>), "the worker cannot call it.")]
    [InlineData(typeof(AbstractBase), "the worker cannot call it.")]
    [InlineData(typeof(Overloaded), "the worker finds a function by the name of its method.")]
    public async Task A_fault_is_a_sentence(Type type, string sentence)
    {
        (await FaultsAsync(type)).ShouldHaveSingleItem().ShouldContain(sentence);
    }

    [Fact]
    public async Task Two_functions_with_the_same_name_are_refused()
    {
        (await FaultsAsync(typeof(SameName), typeof(SameNameAgain))).ShouldHaveSingleItem()
            .ShouldBe("same: AdminFunctions.Tests.FunctionHost.SameName.Run and AdminFunctions.Tests.FunctionHost.SameNameAgain.Run have the same name. Change one [Function] name. Names are not case-sensitive.");
    }

    [Theory]
    [InlineData(typeof(RouteById), typeof(RouteByName), "ByRoomName: its route 'Rooms/{name}/' conflicts with ById's 'rooms/{id}' for the same method. Change the route or the methods of one function.")]
    [InlineData(typeof(RouteById), typeof(RouteOfEveryMethod), "EveryMethod: its route 'rooms/{id}' conflicts with ById's")]
    [InlineData(typeof(RouteOfEveryMethod), typeof(RouteById), "ById: its route 'rooms/{id}' conflicts with EveryMethod's")]
    public async Task Two_functions_with_the_same_method_and_route_are_refused(Type one, Type other, string sentence)
    {
        (await FaultsAsync(one, other)).ShouldHaveSingleItem().ShouldStartWith(sentence);
    }

    [Fact]
    public async Task All_faults_are_reported_at_once()
    {
        var faults = await FaultsAsync(typeof(ReturnsString), typeof(AsyncVoid), typeof(NoTrigger));

        faults.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_whole_assembly_can_be_searched()
    {
        var refused = await Should.ThrowAsync<FunctionHostException>(
            () => InProcessHost.StartAsync(new(), Assembly.GetExecutingAssembly().GetTypes()));

        refused.Message.ShouldContain(nameof(AsyncVoid));
        refused.Message.Split(Environment.NewLine).Length.ShouldBe(refused.Faults.Count);
    }

    private static async Task<IReadOnlyList<string>> FaultsAsync(params Type[] types)
        => (await Should.ThrowAsync<FunctionHostException>(() => InProcessHost.StartAsync(new(), types))).Faults;

    public class Nested
    {
        [Function("Nested")]
        public IResult Run([HttpTrigger] HttpRequest request) => Results.Ok();
    }
}

public class ReturnsString
{
    [Function("Text")]
    public string Run([HttpTrigger] HttpRequest request) => "";
}

public class ReturnsObject
{
    [Function("Person")]
    public Task<Person> RunAsync([HttpTrigger] HttpRequest request) => Task.FromResult(new Person("Ann"));
}

public class ReturnsNestedTask
{
    [Function("Task")]
    public Task<Task<IResult>> RunAsync([HttpTrigger] HttpRequest request) => Task.FromResult(Task.FromResult(Results.Ok()));
}

public class AsyncVoid
{
    [Function("AsyncVoid")]
#pragma warning disable MA0155, AZFW0002 // What is refused is declared here.
    public async void Run([HttpTrigger] HttpRequest request) => await Task.Yield();
#pragma warning restore MA0155, AZFW0002
}

public class AdminRoute
{
    [Function("AdminRoute")]
    public IResult Run([HttpTrigger(Route = "/administrators")] HttpRequest request) => Results.Ok();
}

public class RuntimeName
{
    [Function("RuntimeInfo")]
    public IResult Run([HttpTrigger] HttpRequest request) => Results.Ok();
}

public class BadTemplate
{
    [Function("BadTemplate")]
    public IResult Run([HttpTrigger(Route = "things/{id")] HttpRequest request) => Results.Ok();
}

public class SlashedTemplate
{
    [Function("SlashedTemplate")]
    public IResult Run([HttpTrigger(Route = "/things")] HttpRequest request) => Results.Ok();
}

public class UnknownConstraint
{
    [Function("UnknownConstraint")]
    public IResult Run([HttpTrigger(Route = "things/{id:whole}")] HttpRequest request) => Results.Ok();
}

public class BadName
{
    [Function("Get users")]
    public IResult Run([HttpTrigger] HttpRequest request) => Results.Ok();
}

public class HostName
{
    [Function("Host")]
    public IResult Run([HttpTrigger] HttpRequest request) => Results.Ok();
}

public class NoTrigger
{
    [Function("NoTrigger")]
    public IResult Run(HttpRequest request) => Results.Ok();
}

public class TwoTriggers
{
    [Function("TwoTriggers")]
    public IResult Run([HttpTrigger] HttpRequest request, [HttpTrigger] HttpRequest other) => Results.Ok();
}

public class TriggerOnString
{
    [Function("TriggerOnString")]
    public IResult Run([HttpTrigger] string body) => Results.Ok();
}

public class TakesHttpContext
{
    [Function("TakesHttpContext")]
    public IResult Run([HttpTrigger] HttpRequest request, HttpContext context) => Results.Ok();
}

public class TakesService
{
    [Function("TakesService")]
    public IResult Run([HttpTrigger] HttpRequest request, ILogger logger) => Results.Ok();
}

public class TakesDay
{
    [Function("TakesDay")]
    public IResult Run([HttpTrigger] HttpRequest request, DayOfWeek day) => Results.Ok();
}

public class TakesOut
{
    [Function("TakesOut")]
    public IResult Run([HttpTrigger] HttpRequest request, out string text)
    {
        text = "";
        return Results.Ok();
    }
}

public class TakesFromServices
{
    [Function("TakesFromServices")]
    public IResult Run([HttpTrigger] HttpRequest request, [FromServices] ILogger logger) => Results.Ok();
}

public class TakesFromQuery
{
    [Function("TakesFromQuery")]
    public IResult Run([HttpTrigger] HttpRequest request, [FromQuery(Name = "p")] int page) => Results.Ok();
}

public class TakesCode
{
    [Function("TakesCode")]
    public IResult Run([HttpTrigger] HttpRequest request, string code) => Results.Text(code);
}

public class NotPublic
{
    [Function("NotPublic")]
    internal IResult Run([HttpTrigger] HttpRequest request) => Results.Ok();
}

public class Generic<T>
{
    [Function("Generic")]
    public IResult Run([HttpTrigger] HttpRequest request) => Results.Text(typeof(T).Name);
}

public abstract class AbstractBase
{
    [Function("AbstractBase")]
    public IResult Run([HttpTrigger] HttpRequest request) => Results.Ok();
}

public class Overloaded
{
    [Function("Overloaded")]
    public IResult Run([HttpTrigger] HttpRequest request) => Run();

    public IResult Run() => Results.Ok();
}

public class SameName
{
    [Function("Same")]
    public IResult Run([HttpTrigger("get", Route = "one")] HttpRequest request) => Results.Ok();
}

public class SameNameAgain
{
    [Function("same")]
    public IResult Run([HttpTrigger("get", Route = "two")] HttpRequest request) => Results.Ok();
}

public class RouteById
{
    [Function("ById")]
    public IResult Run([HttpTrigger("get", "post", Route = "rooms/{id}")] HttpRequest request, string id) => Results.Text(id);
}

public class RouteByName
{
    [Function("ByRoomName")]
    public IResult Run([HttpTrigger("GET", Route = "Rooms/{name}/")] HttpRequest request, string name) => Results.Text(name);
}

public class RouteOfEveryMethod
{
    [Function("EveryMethod")]
    public IResult Run([HttpTrigger(Route = "rooms/{id}")] HttpRequest request, string id) => Results.Text(id);
}
