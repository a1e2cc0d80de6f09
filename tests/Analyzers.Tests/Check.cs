using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace Preempt.Analyzers.Tests;

/// <summary>Runs an analyzer on code in which <c>{|PREEMPT001:text|}</c> marks what it is to find, and nothing else.</summary>
internal static class Check
{
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.IO;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        using Preempt;

        """;

    /// <summary>What this process runs on, and Preempt: nothing is downloaded.</summary>
    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. from path in ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
           let name = Path.GetFileName(path)
           where name is "netstandard.dll" or "Preempt.dll" or "Preempt.Contracts.dll"
               || (name.StartsWith("System.", StringComparison.Ordinal) && path.Contains("Microsoft.NETCore.App", StringComparison.Ordinal))
           select MetadataReference.CreateFromFile(path),
    ];

    private static ReferenceAssemblies None => new("net10.0");

    public static Task Code<TAnalyzer>(string code)
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        CSharpAnalyzerTest<TAnalyzer, DefaultVerifier> test = new() { TestCode = Usings + code, ReferenceAssemblies = None };
        test.TestState.AdditionalReferences.AddRange(References);
        return test.RunAsync(TestContext.Current.CancellationToken);
    }

    public static Task Fix<TAnalyzer, TFix>(string code, string fixedCode)
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TFix : CodeFixProvider, new()
    {
        CSharpCodeFixTest<TAnalyzer, TFix, DefaultVerifier> test = new()
        {
            TestCode = Usings + code,
            FixedCode = Usings + fixedCode,
            ReferenceAssemblies = None,
        };
        test.TestState.AdditionalReferences.AddRange(References);
        return test.RunAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>What the analyzer says of the code: one thing.</summary>
    public static async Task<string> Message<TAnalyzer>(string code)
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Sample",
            [CSharpSyntaxTree.ParseText(Usings + code)],
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        ImmutableArray<Diagnostic> found = await compilation.WithAnalyzers([new TAnalyzer()]).GetAnalyzerDiagnosticsAsync();
        return Assert.Single(found).GetMessage(CultureInfo.InvariantCulture);
    }
}
