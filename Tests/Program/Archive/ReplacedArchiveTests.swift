import Posix
import Processes
import Testing

/// An archive that is another one than before, or none: such as where a share is not mounted.
struct ReplacedArchiveTests {
    @Test(
        "an archive that was made in the place of another is refused by a clone that has used the other"
    )
    func replaced() throws {
        let team = try TeamProject()
        let (a, b) = (try team.clone("a"), try team.clone("b"))
        #expect(try a.pipeline("run", "compile").exit == .exited(0))
        try team.shell("mv archive archive-away")
        // A clone that knows nothing of it.
        #expect(try b.pipeline("run", "compile").exit == .exited(0))
        for words in [["run", "compile"], ["plan"], ["recover"], ["verify", "--archive"]] {
            let refused = try ProcessRunner.run(a.command(words), timeout: 120)
            let told = refused.standardErrorText
            #expect(refused.exit == .exited(1))
            #expect(
                told.contains("error[archive-replaced]") && told.contains(".pipeline/archive/id"),
                "\(words): \(told)")
        }
        try team.shell("mv archive archive-other; mv archive-away archive")
        #expect(try a.pipeline("run", "compile").exit == .exited(0))
        // A person has given the former one up.
        try team.shell("rm -r archive; mv archive-other archive; rm a/.pipeline/archive/id")
        #expect(try a.pipeline("run", "compile").exit == .exited(0))
    }

    @Test("recover makes no archive, and writes nothing there")
    func recovery() throws {
        let team = try TeamProject()
        let b = try team.clone("b")
        let refused = try b.pipeline("recover")
        #expect(refused.exit == .exited(1))
        #expect(
            refused.standardErrorText.contains("error[archive-missing]"),
            "\(refused.standardErrorText)")
        #expect(try FileSystem.status("\(team.root)/archive") == nil)

        let a = try team.clone("a")
        #expect(try a.pipeline("run", "deploy").exit == .exited(0))
        #expect(try b.pipeline("run", "compile").exit == .exited(0))
        let lost = try #require(
            try FileSystem.entries(of: "\(team.root)/archive/history").map(\.name).min())
        try FileSystem.remove("\(team.root)/archive/history/\(lost)")
        let files = "find archive -printf '%p %T@\\n' | sort"
        let before = try team.shell(files)
        #expect(try b.pipeline("recover").exit == .exited(0))
        #expect(try team.shell(files) == before)
    }

    @Test(
        "rollback wants the number of its release while somebody who may not sign is said to have deployed later"
    )
    func unsigned() throws {
        let team = try TeamProject()
        try team.write("origin/pipeline/allowed_signers", "")
        var keys: [String: String] = [:]
        for name in ["a", "b"] {
            let key = "\(team.root)/key-\(name)"
            try team.shell("ssh-keygen -q -t ed25519 -N '' -f \(key)")
            keys[name] = "\(name)@lab \(try FileSystem.readText("\(key).pub"))"
        }
        func clone(_ name: String, key: String, allowed: [String]) throws -> TeamProject.Clone {
            let clone = try team.clone(name)
            let path = "\(clone.folder)/pipeline/pipeline.yaml"
            let definition = try FileSystem.readText(path)
            try FileSystem.writeAtomically(
                Array(
                    definition.replacing("sign: none", with: "sign: \(team.root)/key-\(key)").utf8),
                to: path)
            try FileSystem.writeAtomically(
                Array(allowed.compactMap { keys[$0] }.joined().utf8),
                to: "\(clone.folder)/pipeline/allowed_signers")
            return clone
        }
        let a = try clone("a", key: "a", allowed: ["a", "b"])
        let b = try clone("b", key: "b", allowed: ["a", "b"])
        #expect(try a.pipeline("run", "deploy").exit == .exited(0))
        try a.write("two\n")
        #expect(try a.pipeline("run", "deploy").exit == .exited(0))
        try b.write("three\n")
        #expect(try b.pipeline("run", "deploy", "--yes").exit == .exited(0))
        // A fresh clone of a time when b's key is taken away.
        let c = try clone("c", key: "a", allowed: ["a"])
        let refused = try c.pipeline("rollback")
        let told = refused.standardErrorText
        #expect(refused.exit == .exited(1))
        #expect(told.contains("error[archive-incomplete]") && told.contains("release 3"), "\(told)")
        #expect(try team.page() == "three\n")
        #expect(try c.pipeline("rollback", "--to", "2").exit == .exited(0))
        #expect(try team.page() == "two\n")
        // What was refused is older than both by now.
        #expect(try c.pipeline("rollback", "--to", "1").exit == .exited(0))
        #expect(try c.pipeline("rollback").exit == .exited(0))
        #expect(try team.page() == "two\n")
    }
}
