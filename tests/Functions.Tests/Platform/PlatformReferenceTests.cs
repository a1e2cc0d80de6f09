namespace Preempt.Functions.Tests.Platform;

/// <summary>
/// The compiled library and app use nothing but the programming model: not a type of the embedded runtime's own, and no member that the
/// real assemblies lack. So the same sources compile for Azure.
/// </summary>
public class PlatformReferenceTests
{
    private const string Platform = "Preempt.Embedded";
    private static readonly PlatformLists Lists = PlatformLists.Read(Path.Combine(AppContext.BaseDirectory, "durable-api"));

    public static TheoryData<string> Assemblies => ["Preempt.dll", "Preempt.Functions.dll", "Preempt.Http.dll", "Preempt.Queues.dll"];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Every_type_is_one_of_the_real_platform(string assembly)
    {
        using PlatformReferences uses = Read(assembly);
        string[] types = [.. uses.Types];
        Assert.NotEmpty(types);
        Assert.Equal([], types.Where(type => !Lists.HasType(type)));
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Every_member_is_one_of_the_real_platform(string assembly)
    {
        using PlatformReferences uses = Read(assembly);
        MemberUse[] members = [.. uses.Members];
        Assert.NotEmpty(members);
        Assert.Equal([], members.Where(member => !Lists.HasMember(member)));
    }

    [Fact]
    public void Every_named_argument_of_an_attribute_is_a_property_of_the_real_one()
    {
        using PlatformReferences uses = Read("Preempt.Http.dll");
        MemberUse[] arguments = [.. uses.NamedArguments];
        Assert.Contains(new MemberUse("Microsoft.Azure.Functions.Worker.HttpTriggerAttribute", "set_Route", 1), arguments);
        Assert.Equal([], arguments.Where(argument => !Lists.HasMember(argument)));
    }

    [Theory]
    [InlineData("Microsoft.DurableTask.TaskOrchestrationContext", "get_IsReplaying", 0, true)]
    [InlineData("Microsoft.DurableTask.TaskOrchestrationContext", "set_IsReplaying", 1, false)]
    [InlineData("Microsoft.DurableTask.TaskOrchestrationContext", "WaitForExternalEvent", 2, true)]
    [InlineData("Microsoft.DurableTask.TaskOrchestrationContext", "WaitForExternalEvent", 5, false)]
    [InlineData("Microsoft.DurableTask.TaskOrchestrationContext", "Invented", 0, false)]
    [InlineData("Microsoft.Azure.Functions.Worker.FunctionAttribute", ".ctor", 1, true)]
    [InlineData("Microsoft.Azure.Functions.Worker.FunctionAttribute", ".ctor", 2, false)]
    [InlineData("Microsoft.Azure.Functions.Worker.HttpTriggerAttribute", "set_AuthLevel", 1, false)]
    [InlineData("Preempt.Embedded.Testing.DurableTestHost", "Run", 1, false)]
    public void What_the_real_platform_lacks_is_noticed(string type, string member, int parameters, bool isThere) =>
        Assert.Equal(isThere, Lists.HasMember(new MemberUse(type, member, parameters)));

    private static PlatformReferences Read(string assembly) => new(Path.Combine(AppContext.BaseDirectory, assembly), Platform);
}
