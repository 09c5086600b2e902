import Testing

@testable import PipelineCommands

/// What is shown of a failure's message and of its log.
struct FailureTextTests {
    private let log = ["begun", "Traceback", "  File x", "ValueError: bad", "exit 3"]

    @Test("the end of a log follows what is said, where it is of something else")
    func apart() {
        #expect(FailureText.excerpt(["a"], ["b", "c"]) == ["a", "b", "c"])
        #expect(FailureText.excerpt([], log) == log)
        #expect(FailureText.excerpt(["a"], []) == ["a"])
        #expect(FailureText.excerpt([], ["same", "same"]) == ["same", "same"])
    }

    @Test(
        "an excerpt of the log is shown once, after what came before it, whatever its indentation")
    func excerptOfTheLog() {
        let said = ["Traceback", "File x", "ValueError: bad", "…", "ended"]
        #expect(FailureText.excerpt(said, log) == ["begun"] + said)
        #expect(FailureText.excerpt(["begun", "exit 3"], log) == ["begun", "exit 3"])
    }
}
