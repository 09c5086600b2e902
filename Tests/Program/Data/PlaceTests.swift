import FoundationEssentials
import Posix
import Processes
import Testing

/// A place is this environment's only when its claim names it: with the built program.
struct PlaceTests {
    func project(
        _ data: String, name: String = "one", environment: String = "production"
    ) throws -> UnitProject {
        let project = try UnitProject(
            "project: \(name)\nstages:\n  sync: { kind: sync, data: [data] }\n")
        try project.write(
            "pipeline/environments/\(environment).yaml", "kind: data\ndata: { \(data) }\n")
        try project.write("data/x", "1")
        return project
    }

    /// Plan and run both refuse with the same error that has these words, and nothing is changed.
    ///
    /// - Returns: what is otherwise; empty where all is so.
    func exceptions(
        toRefusal code: String, _ words: [String] = [], of project: UnitProject, in folder: String
    ) throws -> [String] {
        var found: [String] = []
        let look = "find -P \(folder) | sort | xargs -d '\\n' stat -c '%n %s %Y %i' 2>&1"
        let before = try project.shell(look)
        for command in ["plan", "run"] {
            let output = try project.tool(arguments: [command, "sync"])
            if output.exit != .exited(1) { found.append("\(command): \(output.exit)") }
            let told = output.standardErrorText
            for word in ["error[\(code)]: "] + words where !told.contains(word) {
                found.append("\(command): no \"\(word)\" in \(told)")
            }
        }
        if try project.shell(look) != before { found.append("\(folder) was changed") }
        return found
    }

    @Test(
        "a folder of somebody else is refused, with a count and examples",
        arguments: ["in-place", "slots", "full"])
    func foreign(layout: String) throws {
        let project = try project("root: theirs, layout: \(layout)")
        for number in 1...45 { try project.write("theirs/deep/precious\(number)", "p") }
        #expect(
            try exceptions(
                toRefusal: "place-foreign", ["45 files", "deep/precious1", "--adopt"], of: project,
                in: "theirs") == [])
    }

    @Test("a slot of somebody else is refused, also in a place that is this environment's")
    func foreignSlot() throws {
        let project = try project("root: shared")
        _ = try project.shell("mkdir shared")
        try project.write(
            "shared/.pipeline-place.json",
            "{\"environment\": \"production\", \"format\": 1, \"project\": \"one\"}\n")
        try project.write("shared/a/mine", "p")
        #expect(
            try exceptions(
                toRefusal: "place-foreign", ["shared/a", "1 file "], of: project, in: "shared")
                == [])
    }

    @Test("another project's and another environment's place is refused, and says whose it is")
    func others() throws {
        let first = try project("root: shared")
        _ = try first.shell("mkdir shared")
        #expect(try first.tool("run", "sync").exit == .exited(0))
        let shared = first.path("shared")
        for (name, environment) in [("two", "production"), ("one", "staging")] {
            let second = try project("root: \(shared)", name: name, environment: environment)
            #expect(
                try exceptions(
                    toRefusal: "place-others",
                    ["belongs to project \"one\", environment \"production\""], of: second,
                    in: shared) == [])
        }
        // The same of a slot alone, as versions without a claim at the root left it.
        _ = try first.shell("rm shared/.pipeline-place.json")
        #expect(
            try exceptions(
                toRefusal: "place-foreign", ["1 file"],
                of: try project("root: \(shared)", name: "two"), in: shared) == [])
        #expect(try first.text("shared/a/data/x") == "1")
        try first.write("data/x", "22")
        #expect(try first.tool("run", "sync").exit == .exited(0))
        #expect(try first.exists("shared/.pipeline-place.json"))
    }

    @Test("a root that is missing is refused, and nothing above the slots is made")
    func missing() throws {
        let project = try project("root: mnt/efs/site")
        for command in [["plan", "sync"], ["run", "sync"], ["data", "put", "data/x", "packs"]] {
            let output = try project.tool(arguments: command)
            #expect(output.exit == .exited(1))
            #expect(
                output.standardErrorText.contains("error[place-missing]: "),
                "\(output.standardErrorText)")
            #expect(try !project.exists("mnt"))
        }
        let own = try self.project("root: .pipeline/efs")
        #expect(try own.tool("run", "sync").exit == .exited(0))
    }

    @Test("a root that was filled and is empty now may be a volume that is not mounted")
    func empty() throws {
        let project = try project("root: efs")
        _ = try project.shell("mkdir efs")
        #expect(try project.tool("run", "sync").exit == .exited(0))
        _ = try project.shell("mv efs away; mkdir efs")
        #expect(try exceptions(toRefusal: "place-empty", ["(a)"], of: project, in: "efs") == [])
        _ = try project.shell("rmdir efs; mv away efs")
        #expect(try project.tool("run", "sync").exit == .exited(0))
        _ = try project.shell("mv efs away; mkdir efs")
        #expect(try project.tool("run", "sync", "--adopt", "--yes").exit == .exited(0))
    }

    @Test(
        "layout in-place never takes a whole file system, login, home or project",
        arguments: [
            "\"\"", ".", "./", "/", "//", "/.", "~", "~/", "~/site", "..", "../x", "/root",
            "/root/",
            "/home", "/home/me", "HOME", "HOME/", "LINK", "UP",
        ])
    func unsafe(root: String) throws {
        let home = try UnitProject("project: home\nstages: {}\n")
        let project = try project("root: x, layout: in-place")
        _ = try project.shell("ln -s \(home.root) link; ln -s \(project.root) up")
        let text = root.replacing("HOME", with: home.root).replacing("LINK", with: "link")
            .replacing("UP", with: "up")
        try project.write(
            "pipeline/environments/production.yaml",
            "kind: data\ndata: { root: \(text), layout: in-place }\n")
        for adopt in [[], ["--adopt", "--yes"]] {
            let output = try project.tool(
                arguments: ["run", "sync"] + adopt, environment: ["HOME": home.root])
            #expect(output.exit != .exited(0), "\(root)")
            #expect(try project.text("data/x") == "1")
            #expect(try home.exists("pipeline/pipeline.yaml"))
        }
    }

    @Test(
        "--adopt takes a place after its environment's name was typed; plan names what is deleted")
    func adopt() throws {
        let project = try project("root: theirs, layout: in-place")
        for number in 1...3 { try project.write("theirs/precious\(number)", "p") }
        let plan = try project.tool("plan", "sync", "--adopt")
        #expect(plan.exit == .exited(0), "\(plan.standardErrorText)")
        #expect(plan.standardOutputText.contains("3 to delete"), "\(plan.standardOutputText)")
        #expect(plan.standardOutputText.contains("delete precious2"))
        let asked = try project.tool("run", "sync", "--adopt")
        #expect(
            asked.exit == .exited(1) && asked.standardErrorText.contains("error[not-confirmed]"))
        #expect(try project.exists("theirs/precious1"))
        #expect(try project.tool("run", "sync", "--adopt", "--yes").exit == .exited(0))
        #expect(
            try project.shell("ls -A theirs")
                == ".pipeline-place.json\n.pipeline-release.json\ndata\n")
        #expect(try project.tool("run", "sync").exit == .exited(0))
    }

    @Test("--adopt asks on a terminal, and takes the place once the environment's name was typed")
    func adoptOnTerminal() throws {
        let project = try project("root: theirs, layout: in-place")
        try project.write("theirs/precious", "p")
        func answer(_ word: String) throws -> String {
            // script(1) gives it a terminal.
            try project.shell(
                "printf '\(word)\\n' | script -qec '\(UnitProject.tool) run sync --adopt' /dev/null; "
                    + "echo \"ended with $?\"")
        }
        let refused = try answer("staging")
        #expect(refused.contains("Type production to go on"), "\(refused)")
        #expect(refused.contains("nothing was done"), "\(refused)")
        #expect(refused.contains("ended with 1"), "\(refused)")
        #expect(try project.exists("theirs/precious"))
        let confirmed = try answer("production")
        #expect(confirmed.contains("ended with 0"), "\(confirmed)")
        #expect(try !project.exists("theirs/precious"))
        #expect(try project.text("theirs/data/x") == "1")
    }

    @Test("markers of a newer version are never replaced, also not with --adopt")
    func newer() throws {
        let project = try project("root: efs")
        _ = try project.shell("mkdir efs")
        #expect(try project.tool("run", "sync").exit == .exited(0))
        try project.write("data/x", "another")
        for file in [
            ".pipeline-place.json", "a/.pipeline-release.json", "b/.pipeline-release.json",
        ] {
            let before = (try? project.text("efs/\(file)")) ?? ""  // try?: slot b may not be there
            try project.write(
                "efs/\(file)",
                "{\"format\": 2, \"project\": \"one\", \"environment\": \"production\"}")
            if file.hasPrefix("a") {
                // The one to be filled.
                _ = try project.shell("rm -r efs/b 2>/dev/null; true")
            }
            for words in [["run", "sync"], ["run", "sync", "--adopt", "--yes"]] {
                let output = try project.tool(arguments: words)
                if output.exit == .exited(0) { continue }
                #expect(
                    output.standardErrorText.contains("error[place-unreadable]"),
                    "\(output.standardErrorText)")
            }
            #expect(try project.text("efs/\(file)").contains("\"format\": 2"))
            if before.isEmpty {
                _ = try project.shell("rm -r efs/b")
            } else {
                try project.write("efs/\(file)", before)
            }
        }
    }

    @Test("a new clone reads a slot back whose marker names just its data, and sends nothing")
    func newClone() throws {
        let first = try project("root: efs")
        _ = try first.shell("mkdir efs")
        #expect(try first.tool("run", "sync").exit == .exited(0))
        let second = try project("root: \(first.path("efs"))")
        let inode = "stat -c %i \(first.path("efs/a/data/x"))"
        let before = try first.shell(inode)
        let plan = try second.tool("plan", "sync")
        #expect(plan.standardOutputText.contains("read back"), "\(plan.standardOutputText)")
        let done = try second.tool("run", "sync")
        #expect(
            done.exit == .exited(0) && done.standardErrorText.contains("0 sent"),
            "\(done.standardErrorText)")
        #expect(try first.shell(inode) == before)
        #expect(try second.tool("run", "sync").standardErrorText.contains("up to date"))
        // What does not hold what its marker says is not believed.
        _ = try first.shell("rm -r \(second.root)/.pipeline; printf 9 > efs/a/data/x")
        let again = try second.tool("run", "sync")
        #expect(again.exit == .exited(0))
        #expect(again.standardErrorText.contains("is not believed"), "\(again.standardErrorText)")
        #expect(try second.tool("verify", "--remote").exit == .exited(0))
    }

    @Test("what is known of slots belongs to their place: another root is looked at")
    func otherRoot() throws {
        let project = try project("root: efs")
        _ = try project.shell("mkdir efs other")
        #expect(try project.tool("run", "sync").exit == .exited(0))
        try project.write(
            "pipeline/environments/production.yaml", "kind: data\ndata: { root: other }\n")
        #expect(try project.tool("plan", "sync").standardOutputText.contains("1 file, 1 B to send"))
        #expect(try project.tool("run", "sync").exit == .exited(0))
        #expect(try project.text("other/a/data/x") == "1")
    }

    @Test("files that were changed in slots by hand are reported, and never counted as sent")
    func byHand() throws {
        let project = try project("root: efs, slots: 2")
        _ = try project.shell("mkdir efs")
        try project.write("data/y", "same")
        #expect(try project.tool("run", "sync").exit == .exited(0))
        // Slot b shares "y"; then somebody edits it in its place, at the same size.
        try project.write("data/x", "2")
        #expect(try project.tool("run", "sync").exit == .exited(0))
        _ = try project.shell(
            "sleep 0.02; f=$(ls efs/*/data/y | head -1); chmod u+w $f; printf SAME > $f")
        try project.write("data/x", "3")
        let output = try project.tool("run", "sync")
        #expect(output.exit == .exited(0), "\(output.standardErrorText)")
        #expect(output.standardErrorText.contains("changed by hand"), "\(output.standardErrorText)")
        let newest = try project.shell("grep -l 3 efs/*/data/x").split(separator: "/")[1]
        #expect(try project.text("efs/\(newest)/data/y") == "same")
    }

    @Test(
        "folders and files of a slot can be read by the site, whatever the umask",
        arguments: ["077", "000"])
    func modes(umask: String) throws {
        let project = try project("root: efs")
        _ = try project.shell(
            "mkdir -m 755 efs; mkdir data/deep; echo '#!/bin/sh' > data/deep/tool; chmod 755 data/deep/tool"
        )
        let run = try project.shell("umask \(umask); \(UnitProject.tool) run sync 2>&1")
        let modes = try project.shell("cd efs && find . -mindepth 1 -printf '%m %p\\n' | sort -k2")
        for line in modes.split(separator: "\n") {
            let isOpen = line.hasPrefix("755 ") || line.hasPrefix("644 ")
            #expect(isOpen, "\(line) \(run)")
        }
        #expect(modes.contains("755 ./a/data/deep/tool"), "\(modes)")
        _ = try project.shell("chmod 700 efs/a/data/deep; chmod 600 efs/a/data/x")
        #expect(
            try project.tool("verify", "--remote").standardOutputText.contains("closed   data/deep")
        )
    }
}
