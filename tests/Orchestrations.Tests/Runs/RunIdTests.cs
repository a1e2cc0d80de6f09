using System.Buffers.Binary;
using CsCheck;

namespace Preempt.Tests.Runs;

public class RunIdTests
{
    private static readonly DateTimeOffset RfcExampleTime = new(2022, 2, 22, 19, 22, 22, TimeSpan.Zero);

    private static readonly Gen<string> AnyWorkflow = Gen.Select(
        Gen.Char["abcxyz"], Gen.String[Gen.Char["abcxyz019-_."], 0, WorkflowNames.MaxLength - 1], (first, rest) => first + rest);

    private static readonly Gen<DateTimeOffset> AnyTime =
        Gen.Long[DateTimeOffset.UnixEpoch.Ticks, DateTimeOffset.MaxValue.Ticks].Select(ticks => new DateTimeOffset(ticks, TimeSpan.Zero));

    private static readonly Gen<byte[]> AnyEntropy = Gen.Byte.Array[RunId.EntropyLength];

    [Theory]
    [InlineData("alice", "fpmansl7byak6gq7ymzi7j3dve")]
    [InlineData("größe", "2nj2ezy3m6x76ckbvzcw4xdw5e")]
    [InlineData("", "4oymiquy7qobjgx36tejs35zeq")]
    [InlineData(null, "-")]
    public void A_key_is_hashed(string? key, string expected) => Assert.Equal(expected, RunId.HashKey(key));

    [Fact]
    public void An_id_ends_in_a_version_7_uuid()
    {
        byte[] ones = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        Assert.Equal("chat:-:017f22e279b070008000000000000000", RunId.Create("chat", "-", RfcExampleTime, new byte[8]));
        Assert.Equal("chat:-:017f22e279b07002bfffffffffffffff", RunId.Create("chat", "-", RfcExampleTime.AddTicks(7), ones));
        Assert.Equal("chat:-:017f22e279b07fffafffffffffffffff", RunId.Create("chat", "-", RfcExampleTime.AddTicks(9_999), ones));
    }

    [Fact]
    public void Ids_are_in_the_order_of_their_times_whatever_their_entropy() =>
        Gen.Select(AnyTime, Gen.OneOf(Gen.Long[1, 20], Gen.Long[1, 100_000]), AnyEntropy, AnyEntropy).Sample((time, ticks, one, other) =>
        {
            if (ticks > DateTimeOffset.MaxValue.Ticks - time.Ticks) return;
            string earlier = RunId.Create("chat", "-", time, one);
            string later = RunId.Create("chat", "-", time.AddTicks(ticks), other);
            Assert.True(string.CompareOrdinal(earlier, later) < 0, $"{earlier} is not before {later}");
        });

    [Fact]
    public void Ids_of_one_time_differ_in_60_bits_of_entropy() =>
        Gen.Select(Gen.ULong, Gen.Int[4, 63]).Sample((bits, flipped) =>
        {
            byte[] one = new byte[8], other = new byte[8];
            BinaryPrimitives.WriteUInt64BigEndian(one, bits);
            BinaryPrimitives.WriteUInt64BigEndian(other, bits ^ 1UL << flipped);
            Assert.NotEqual(RunId.Create("chat", "-", RfcExampleTime, one), RunId.Create("chat", "-", RfcExampleTime, other));
        });

    [Fact]
    public void The_time_zone_of_the_time_does_not_matter() => Assert.Equal(
        RunId.Create("chat", "-", RfcExampleTime, new byte[8]),
        RunId.Create("chat", "-", RfcExampleTime.ToOffset(TimeSpan.FromHours(5)), new byte[8]));

    [Fact]
    public void An_id_comes_apart_into_what_it_was_made_of() =>
        Gen.Select(AnyWorkflow, Gen.String.Null(), AnyTime, AnyEntropy).Sample((workflow, key, time, entropy) =>
        {
            string id = RunId.Create(workflow, RunId.HashKey(key), time, entropy);
            Assert.Null(RunId.Validate(id));
            Assert.StartsWith(RunId.Prefix(workflow), id, StringComparison.Ordinal);
            Assert.StartsWith(RunId.Prefix(workflow, key), id, StringComparison.Ordinal);
            Assert.True(RunId.TryParse(id, out string? parsedWorkflow, out string? keyHash, out string? rest));
            Assert.Equal((workflow, RunId.HashKey(key), 32), (parsedWorkflow, keyHash, rest.Length));
            Assert.Equal(7, Guid.ParseExact(rest, "N").Version);
        });

    [Fact]
    public void The_longest_id_is_as_long_as_an_id_may_be()
    {
        string workflow = new('a', WorkflowNames.MaxLength);
        Assert.Equal(RunId.MaxLength, RunId.Create(workflow, RunId.HashKey("alice"), RfcExampleTime, new byte[8]).Length);
    }

    [Fact]
    public void What_follows_the_key_hash_may_be_of_any_form()
    {
        Assert.True(RunId.TryParse("chat:-:order:7", out string? workflow, out string? keyHash, out string? rest));
        Assert.Equal(("chat", "-", "order:7"), (workflow, keyHash, rest));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("order-7")]
    [InlineData("chat:-")]
    [InlineData("chat:-:")]
    [InlineData("Chat:-:1")]
    [InlineData("chat:alice:1")]
    [InlineData("chat:fpmansl7byak6gq7ymzi7j3dv1:1")]
    [InlineData("chat:-:a b")]
    public void Other_ids_do_not_come_apart(string? id)
    {
        Assert.False(RunId.TryParse(id, out string? workflow, out string? keyHash, out string? rest));
        Assert.Equal((null, null, null), (workflow, keyHash, rest));
    }

    [Theory]
    [InlineData("7")]
    [InlineData("Order-7_a.b:c~d")]
    [InlineData("mode:7")]
    public void A_user_may_choose_an_id(string id) => Assert.Null(RunId.Validate(id));

    [Theory]
    [InlineData("", "run id \"\": it has 0 characters; a run id has 1 to 100 characters")]
    [InlineData("@order", "run id \"@order\", character 1: not allowed there; a run id has")]
    [InlineData("order 7", "run id \"order 7\", character 6: not allowed there; a run id has")]
    [InlineData("größe", "run id \"größe\", character 3: not allowed there; a run id has")]
    [InlineData("a/b", "run id \"a/b\", character 2: not allowed there; a run id has")]
    [InlineData("~", "run id \"~\": ids that begin with a sign are Preempt's own; a run id has")]
    [InlineData(KeptIds.CleanUp, "run id \"_cleanup:app\": ids that begin with a sign are Preempt's own; a run id has")]
    [InlineData(KeptIds.Operations, "run id \"_operation:\": ids that begin with a sign are Preempt's own; a run id has")]
    [InlineData(KeptIds.ModeChanges, "run id \"_mode:\": ids that begin with a sign are Preempt's own; a run id has")]
    [InlineData(KeptIds.Deletions, "run id \"_delete:\": ids that begin with a sign are Preempt's own; a run id has")]
    [InlineData(KeptIds.HandOffs, "run id \"_hand-off:\": ids that begin with a sign are Preempt's own; a run id has")]
    [InlineData(KeptIds.Claims, "run id \"_idempotency:\": ids that begin with a sign are Preempt's own; a run id has")]
    [InlineData(KeptIds.Pointers, "run id \"_run:\": ids that begin with a sign are Preempt's own; a run id has")]
    public void An_id_that_the_engine_would_not_survive_is_refused_in_words(string id, string expected) =>
        Assert.StartsWith(expected, RunId.Validate(id), StringComparison.Ordinal);

    [Fact]
    public void An_id_has_a_hundred_characters_at_most()
    {
        Assert.Null(RunId.Validate(new string('a', 100)));
        Assert.Contains("it has 101 characters", RunId.Validate(new string('a', 101)), StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_are_not_made_from_invalid_parts()
    {
        Assert.Throws<ArgumentException>(() => RunId.Create("Chat", "-", RfcExampleTime, new byte[8]));
        Assert.Throws<ArgumentException>(() => RunId.Create("chat", "alice", RfcExampleTime, new byte[8]));
        Assert.Throws<ArgumentException>(() => RunId.Create("chat", "-", RfcExampleTime, new byte[7]));
        Assert.Throws<ArgumentOutOfRangeException>(() => RunId.Create("chat", "-", DateTimeOffset.UnixEpoch.AddTicks(-1), new byte[8]));
        Assert.Throws<ArgumentException>(() => RunId.Prefix("chat:"));
    }
}
