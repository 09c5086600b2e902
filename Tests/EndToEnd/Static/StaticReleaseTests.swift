import Posix
import Processes
import Testing

/// Sites that are files alone, as visitors see them through a real nginx.
@Suite struct StaticReleaseTests {
    @Test(
        "first release, change, rollback: one link changes, unchanged files are shared, nothing is built"
    )
    func releases() throws {
        let project = try StaticProject()
        let first = try project.pipeline("run", "deploy", "-e", "web")
        #expect(first.exit == .exited(0), "\(first.standardErrorText)")
        #expect(
            first.standardErrorText.contains(
                "release 1 answers at http://127.0.0.1:\(project.port)/"))
        #expect(try project.seen() == "<p>welcome, first</p>\n")
        #expect(try project.seen("about/") == "about us\n")
        let one = try project.current()

        let again = try project.pipeline("run", "deploy", "-e", "web")
        #expect(again.exit == .exited(0))
        #expect(again.standardErrorText.contains("release 1 answers"))
        #expect(try project.pipeline("status", "--check", "-e", "web").exit == .exited(0))

        try project.page("welcome, second")
        let second = try project.pipeline("run", "deploy", "-e", "web")
        #expect(second.exit == .exited(0), "\(second.standardErrorText)")
        #expect(try project.seen() == "<p>welcome, second</p>\n")
        let two = try project.current()
        #expect(one != two)
        #expect(
            try FileSystem.readText("\(project.place)/\(one)/public/index.html").contains("first"))
        let files = try [one, two].map {
            try project.shell("stat -c %i www/\($0)/public/style.css").standardOutputText
        }
        #expect(files[0] == files[1], "a file that did not change is a hard link")

        let back = try project.pipeline("rollback", "-e", "web")
        #expect(back.exit == .exited(0), "\(back.standardErrorText)")
        #expect(try project.current() == one)
        #expect(try project.seen() == "<p>welcome, first</p>\n")
        #expect(
            try project.shell("ls -A www").standardOutputText.split(separator: "\n").sorted()
                == [".pipeline-place.json", "current", one[...], two[...]].sorted())
    }

    @Test("the switch of the link is on disk before anything else is done")
    func durable() throws {
        let project = try StaticProject(serve: false)
        let traced = try ProcessRunner.run(
            ProcessCommand(
                [
                    "strace", "-f", "-y", "-o", "calls", "-e", "signal=none", "-e",
                    "trace=renameat,renameat2,fsync,fdatasync", SiteProject.tool, "run", "deploy",
                    "-e", "web",
                ], directory: project.root), timeout: 120)
        #expect(traced.exit == .exited(0), "\(traced.standardErrorText)")
        let lines = try FileSystem.readText("\(project.root)/calls").split(separator: "\n")
        let place = try #require(
            lines.firstIndex { $0.contains("rename") && $0.contains("\"current\"") })
        let thread = lines[place].prefix { $0 != " " }
        let next = lines[(place + 1)...].first { $0.hasPrefix("\(thread) ") }
        #expect(next?.contains("fsync(") == true, "\(next ?? "nothing follows")")
        #expect(next?.contains("<\(project.place)>") == true, "\(next ?? "nothing follows")")
    }

    @Test("the link is never missing while releases change")
    func neverMissing() throws {
        let project = try StaticProject()
        #expect(try project.pipeline("run", "deploy", "-e", "web").exit == .exited(0))
        let visitor = try ChildProcess(
            ProcessCommand([
                "sh", "-c",
                "until [ -e \(project.root)/stop ]; do curl -s -m 5 http://127.0.0.1:\(project.port)/; done > \(project.root)/seen",
            ]), standardOutput: .null, standardError: .null)
        for number in 1...3 {
            try project.page("welcome, number \(number)")
            #expect(try project.pipeline("run", "deploy", "-e", "web").exit == .exited(0))
        }
        try project.write("stop", "")
        _ = visitor.wait()
        let seen = Set(
            try FileSystem.readText("\(project.root)/seen").split(separator: "\n"))
        #expect(
            seen.isSubset(
                of: ["<p>welcome, first</p>"] + (1...3).map { "<p>welcome, number \($0)</p>" }),
            "\(seen)")
        #expect(seen.contains("<p>welcome, number 3</p>") && seen.count > 1)
    }

    @Test("a release that fails a smoke check is refused before visitors see it")
    func broken() throws {
        let project = try StaticProject()
        try project.page("nothing")
        let first = try project.pipeline("run", "deploy", "-e", "web")
        #expect(first.exit == .exited(1))
        #expect(
            first.standardErrorText.contains("/ (public/index.html) does not hold \"welcome\""),
            "\(first.standardErrorText)")
        #expect(try FileSystem.linkStatus("\(project.place)/current") == nil)

        try project.page("welcome, first")
        #expect(try project.pipeline("run", "deploy", "-e", "web").exit == .exited(0))
        let one = try project.current()
        try project.write("src/build.sh", "mkdir -p $1 && cp src/*.html src/*.css $1/\n")
        let second = try project.pipeline("run", "deploy", "-e", "web")
        #expect(second.exit == .exited(1))
        #expect(
            second.standardErrorText.contains(
                "/about/ is not in the release: it has no file \"public/about/index.html\""),
            "\(second.standardErrorText)")
        #expect(second.standardErrorText.contains("Release 2 goes on answering"))
        #expect(try project.current() == one)
        #expect(try project.seen() == "<p>welcome, first</p>\n")
    }

    @Test("a release that is not served as it should be: the link goes back, or away")
    func goesBack() throws {
        // Asked at an address where another site answers.
        let project = try StaticProject(
            serve: false, static: "  url: http://127.0.0.1:1/\n")
        let first = try project.pipeline("run", "deploy", "-e", "web")
        #expect(first.exit == .exited(1))
        #expect(first.standardErrorText.contains("Nothing was live before"))
        #expect(try FileSystem.linkStatus("\(project.place)/current") == nil)

        let text = try FileSystem.readText("\(project.root)/pipeline/environments/web.yaml")
        try project.write(
            "pipeline/environments/web.yaml",
            text.replacing(
                "url: http://127.0.0.1:1/", with: "serve: { port: \(project.port) }"))
        #expect(try project.pipeline("run", "deploy", "-e", "web").exit == .exited(0))
        let one = try project.current()
        try project.write("pipeline/environments/web.yaml", text)
        try project.page("welcome, second")
        let second = try project.pipeline("run", "deploy", "-e", "web")
        #expect(second.exit == .exited(1), "\(second.standardErrorText)")
        #expect(try project.current() == one)
        #expect(try project.seen() == "<p>welcome, first</p>\n")
    }

    @Test(
        "a current that this environment did not make is refused, and stays as it is",
        arguments: [
            (
                "mkdir www/current && echo theirs > www/current/index.html",
                "is a folder, and no link"
            ),
            ("ln -s ../elsewhere www/current", "is a link to \"../elsewhere\""),
            ("mkdir www/other && ln -s other www/current", "folder \"other\""),
        ])
    func foreign(_ make: String, _ what: String) throws {
        let project = try StaticProject()
        #expect(try project.pipeline("run", "sync", "-e", "web").exit == .exited(0))
        _ = try project.shell(make)
        let before = try project.shell("ls -lR www/current www/other").standardOutputText
        let output = try project.pipeline("run", "deploy", "-e", "web")
        #expect(output.exit == .exited(1))
        #expect(output.standardErrorText.contains("error[live-foreign]"))
        #expect(output.standardErrorText.contains(what), "\(output.standardErrorText)")
        #expect(try project.shell("ls -lR www/current www/other").standardOutputText == before)
    }

    @Test("killed at many moments, visitors see one release or the other; the same command ends it")
    func killed() throws {
        let project = try StaticProject()
        #expect(try project.pipeline("run", "deploy", "-e", "web").exit == .exited(0))
        var earlier = "<p>welcome, first</p>\n"
        for moment in 1...10 {
            try project.page("welcome, kill \(moment)")
            let victim = try ChildProcess(
                project.command(["run", "deploy", "-e", "web"]), standardOutput: .null,
                standardError: .null)
            // Spread over what a deployment takes; which effect is cut differs from run to run.
            _ = victim.wait(timeoutMs: moment * 25)
            victim.signal(9)
            _ = victim.wait()
            let later = "<p>welcome, kill \(moment)</p>\n"
            let seen = try project.seen()
            #expect(seen == earlier || seen == later, "after kill \(moment): \(seen)")
            let run = try project.pipeline("run", "deploy", "-e", "web")
            #expect(run.exit == .exited(0), "\(run.standardErrorText)")
            #expect(try project.seen() == later)
            earlier = later
        }
        #expect(try project.shell("ls -A www | grep link").standardOutputText == "")
        #expect(try project.pipeline("verify", "--remote", "-e", "web").exit == .exited(0))
    }

    @Test("a link that was moved by hand, and an nginx that was stopped, are found and put right")
    func drift() throws {
        let project = try StaticProject()
        #expect(try project.pipeline("run", "deploy", "-e", "web").exit == .exited(0))
        let one = try project.current()
        try project.page("welcome, second")
        #expect(try project.pipeline("run", "deploy", "-e", "web").exit == .exited(0))
        _ = try project.shell("ln -sfn \(one) www/current")
        let plan = try project.pipeline("plan", "deploy", "-e", "web")
        #expect(plan.standardOutputText.contains("folder \(one) is live"), "\(plan)")
        #expect(try project.pipeline("up", "-e", "web").exit == .exited(0))
        #expect(try project.seen() == "<p>welcome, second</p>\n")

        _ = try project.shell("pkill -f '\(project.root)/.pipeline/environments'")
        try Await.that { try project.seen().isEmpty }
        let up = try project.pipeline("up", "-e", "web")
        #expect(up.exit == .exited(0), "\(up.standardErrorText)")
        #expect(try project.seen() == "<p>welcome, second</p>\n")
    }

    @Test(
        "old releases are removed, but not what the place names as live, also after a rollback by another clone"
    )
    func keepsLive() throws {
        let project = try StaticProject()
        var folders: [String] = []
        for number in 1...3 {
            try project.page("welcome, \(number)")
            #expect(try project.pipeline("run", "deploy", "-e", "web").exit == .exited(0))
            folders.append(try project.current())
        }
        // As a rollback by another clone.
        _ = try project.shell("ln -sfn \(folders[0]) www/current")
        for number in 4...6 {
            try project.page("welcome, \(number)")
            #expect(try project.pipeline("run", "sync", "-e", "web").exit == .exited(0))
        }
        #expect(try project.seen() == "<p>welcome, 1</p>\n")
        #expect(try project.pipeline("run", "deploy", "-e", "web").exit == .exited(0))
        try project.page("welcome, 7")
        #expect(try project.pipeline("run", "deploy", "-e", "web").exit == .exited(0))
        #expect(try FileSystem.status("\(project.place)/\(folders[0])") == nil)
        #expect(try project.seen() == "<p>welcome, 7</p>\n")
    }

    @Test("stages image and push take no part, and none is needed")
    func noImage() throws {
        let project = try StaticProject()
        let definition = try FileSystem.readText("\(project.root)/pipeline/pipeline.yaml")
        try project.write(
            "pipeline/pipeline.yaml",
            definition.replacing(
                "needs: sync }",
                with:
                    "needs: [sync, push] }\n  image: { kind: image, context: src }\n  push: { kind: push, needs: image }"
            ))
        let run = try project.pipeline("run", "deploy", "-e", "web")
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        #expect(
            run.standardErrorText.contains("not part of a static site, which is files alone"))
    }
}
