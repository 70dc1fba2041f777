using System.Buffers;
using System.Net;
using AdminFunctions.Management;

namespace AdminFunctions.Tests.Management;

public sealed class RentedBodyTests
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(16, false)]
    [InlineData(300_000, true)]
    [InlineData(300_000, false)]
    public async Task A_body_is_read_to_its_end_and_keeps_its_headers(int length, bool saysItsLength)
    {
        using var sent = new Body(length, saysItsLength) { Headers = { ContentType = new("text/plain") } };

        using var read = await RentedBody.ReadAsync(sent, longest: 300_000, CancellationToken.None);

        read.Written.ToArray().ShouldBe(Body.Of(length));
        (await read.ReadAsByteArrayAsync()).ShouldBe(Body.Of(length));
        read.Headers.ContentType.ShouldBe(new("text/plain"));
        read.Headers.ContentLength.ShouldBe(length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_is_too_long_is_refused(bool saysItsLength)
    {
        using var sent = new Body(1001, saysItsLength);

        var refusal = await Should.ThrowAsync<HttpRequestException>(() => RentedBody.ReadAsync(sent, longest: 1000, CancellationToken.None));

        refusal.HttpRequestError.ShouldBe(HttpRequestError.ConfigurationLimitExceeded);
    }

    [Fact]
    public async Task A_copy_outlives_the_memory()
    {
        using var body = new RentedBody(1000);
        body.Write(Body.Of(1000));

        await body.CopyAsync();

        // Another one gets that memory and writes into it.
        using var other = new RentedBody(1000);
        other.Write(new byte[1000]);
        (await body.ReadAsByteArrayAsync()).ShouldBe(Body.Of(1000));
    }

    [Fact]
    public async Task The_memory_is_returned_once_however_often_a_body_is_disposed()
    {
        var body = new RentedBody(1000);
        body.Dispose();
        body.Dispose();

        using var one = new RentedBody(1000);
        using var another = new RentedBody(1000);
        one.Write(Body.Of(1000));
        another.Write(new byte[1000]);
        one.Written.ToArray().ShouldBe(Body.Of(1000));
        await Should.ThrowAsync<ObjectDisposedException>(() => body.ReadAsByteArrayAsync());
    }

    /// <summary>A body that arrives in small pieces.</summary>
    private sealed class Body(int length, bool saysItsLength) : HttpContent
    {
        public static byte[] Of(int length) => [.. Enumerable.Range(0, length).Select(static i => (byte)((i % 251) + 1))];

        protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult<Stream>(new Pieces(Of(length)));

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException();

        protected override bool TryComputeLength(out long known)
        {
            known = length;
            return saysItsLength;
        }

        private sealed class Pieces(byte[] bytes) : MemoryStream(bytes)
        {
            public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
                base.ReadAsync(buffer[..Math.Min(buffer.Length, 700)], cancellationToken);
        }
    }
}
