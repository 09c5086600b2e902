import Bundles
import Digests
import Failures
import Posix
import Testing

@Suite struct BundlePlanTests {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try scratch.write("option_settings:\n", to: ".ebextensions/a.config")
        try scratch.write("#!/bin/bash\n", to: ".platform/hooks/prebuild/a.sh", mode: 0o755)
        try scratch.write("no", to: "app.py")
    }

    private func plan(_ change: (inout BundleSettings) -> Void = { _ in }) throws -> BundlePlan {
        try Bundle.plan(.example(change), folder: scratch.root)
    }

    @Test func holdsTheUsersFilesAndTheGeneratedSortedByBytes() throws {
        try scratch.write("x", to: "more/B.txt")
        let plan = try plan {
            $0.otherFiles = ["more/B.txt"]
            $0.files = [.init(path: "a.pkl", digest: Digest.of("a"))]
        }
        #expect(
            plan.entries.map { ($0.isExecutable ? "*" : "") + $0.path } == [
                ".ebextensions/a.config", ".ebextensions/zz-pipeline.config",
                ".pipeline/pickles.sha256",
                "*.platform/confighooks/predeploy/zz_pipeline_check.sh",
                "*.platform/hooks/postdeploy/zz_pipeline_prune.sh",
                "*.platform/hooks/prebuild/a.sh",
                "*.platform/hooks/predeploy/zz_pipeline_check.sh", "Dockerrun.aws.json",
                "more/B.txt",
            ])
        #expect(plan.entry(".ebextensions/a.config")?.digest == Digest.of("option_settings:\n"))
    }

    @Test func writesTheVariablesAsJSON() throws {
        let plan = try plan {
            $0.variables = ["GREETING": "it's \"so\" \\ é 😀 $HOME"]
            $0.commandTimeout = 1800
        }
        #expect(
            plan.text(".ebextensions/zz-pipeline.config") == """
                {
                  "option_settings": {
                    "aws:elasticbeanstalk:application:environment": {
                      "GREETING": "it's \\"so\\" \\\\ é 😀 $HOME",
                      "PIPELINE_IMAGE": "\(BundleSettings.example().image)",
                      "PIPELINE_MANIFEST": "\(Digest.of("manifest").hex)",
                      "PIPELINE_RELEASE": "7",
                      "SITE_DATA": "/app/data"
                    },
                    "aws:elasticbeanstalk:command": {
                      "Timeout": "1800"
                    }
                  }
                }

                """)
    }

    @Test func theNumberOfTheReleaseIsNoPartOfTheContent() throws {
        let first = try plan()
        let second = try plan {
            $0.release = 8
            $0.retainedImages = ["h/site@sha256:\(String(repeating: "cd", count: 32))"]
        }
        #expect(first.contentDigest == second.contentDigest)
        #expect(first.entriesDigest != second.entriesDigest)
        #expect(try first.entriesDigest == plan().entriesDigest)
        #expect(second.text(".ebextensions/zz-pipeline.config")?.contains("\"8\"") == true)
    }

    @Test func codeDataAndConfigurationAreTheContent() throws {
        var digests: Set<Digest> = [try plan().contentDigest]
        digests.insert(
            try plan { $0.image = "h/site@sha256:\(String(repeating: "cd", count: 32))" }
                .contentDigest)
        digests.insert(try plan { $0.manifest = Digest.of("other") }.contentDigest)
        digests.insert(try plan { $0.hostFolder = "/efs_data/slot-b" }.contentDigest)
        digests.insert(try plan { $0.containerPort = 80 }.contentDigest)
        digests.insert(try plan { $0.variables = ["A": "b"] }.contentDigest)
        digests.insert(
            try plan { $0.files = [.init(path: "a.pkl", digest: Digest.of("a"))] }.contentDigest)
        try FileSystem.changeMode(scratch.path(".platform/hooks/prebuild/a.sh"), to: 0o644)
        digests.insert(try plan().contentDigest)
        try scratch.write("option_settings: {}\n", to: ".ebextensions/a.config")
        digests.insert(try plan().contentDigest)
        #expect(digests.count == 9)
    }

    @Test func listsDigestsInTheEscapedFormOfSha256sum() throws {
        let digest = Digest.of("x")
        let files = ["b.pkl", "a\\b\n.pickle", "-", "c/d.feather"].map {
            BundleSettings.File(path: $0, digest: digest)
        }
        let pickles = try plan { $0.files = files }
        #expect(
            pickles.text(".pipeline/pickles.sha256")
                == "\\\(digest.hex)  ./a\\\\b\\n.pickle\n\(digest.hex)  ./b.pkl\n")
        let full = try plan { ($0.files, $0.verification) = (files, .full) }
        #expect(full.text(".pipeline/files.sha256")?.split(separator: "\n").count == 4)
        #expect(full.text(".pipeline/files.sha256")?.contains("  ./-\n") == true)
        let marker = try plan { ($0.files, $0.verification) = (files, .marker) }
        #expect(!marker.entries.contains { $0.path.hasPrefix(".pipeline/") })
        for path in ["../a.pkl", "/a.pkl", "a//b.pkl", "a\r.pkl"] {
            let error = #expect(throws: BundleError.self) {
                try plan { $0.files = [.init(path: path, digest: digest)] }
            }
            #expect(error?.failure.code == "bundle-file-path")
        }
    }

    @Test func linksAreFollowedInsideTheFolderOnly() throws {
        try FileSystem.symbolicLink(
            to: "../app.py", at: scratch.path(".ebextensions/in.config"))
        try FileSystem.symbolicLink(
            to: "/etc/passwd", at: scratch.path(".ebextensions/out.config"))
        let plan = try plan()
        #expect(plan.text(".ebextensions/in.config") == "no")
        #expect(plan.entry(".ebextensions/out.config") == nil)
        #expect(
            plan.findingTexts.contains(
                ".ebextensions/out.config: error: this link leads to no file in the folder of the "
                    + "bundle: put a copy in its place"))
    }

    @Test func aFileOfTheToolsNameIsAnError() throws {
        try scratch.write("{}", to: ".ebextensions/zz-pipeline.config")
        let plan = try plan()
        #expect(plan.hasErrors)
        #expect(plan.text(".ebextensions/zz-pipeline.config")?.contains("PIPELINE_RELEASE") == true)
    }

    @Test func tellsWhatTheIgnoreFileWouldLeaveOut() throws {
        try scratch.write("# all\n/*\n!/.ebextensions/\n", to: ".ebignore")
        #expect(
            try plan().findingTexts == [
                ".ebignore:2:1: warning: \".platform/hooks/prebuild/a.sh\" is ignored here, and is in "
                    + "the bundle all the same: delete the file, or this line"
            ])
    }

    @Test func namesWhatIsMissing() throws {
        let error = #expect(throws: BundleError.self) {
            try Bundle.plan(.example(), folder: scratch.path("none"))
        }
        #expect(error == .noFolder(scratch.path("none")))
        #expect(error?.failure.code == "bundle-no-folder")
        try FileSystem.symbolicLink(to: "/etc", at: scratch.path("outside"))
        for path in ["none.txt", "../x", ".platform", "/etc/passwd", "outside/passwd"] {
            #expect(throws: BundleError.missingFile(folder: scratch.root, path: path)) {
                try plan { $0.otherFiles = [path] }
            }
        }
    }

    @Test(arguments: ["1A", "A-B", "", "PIPELINE_IMAGE"])
    func aBadVariableIsRefused(name: String) throws {
        let error = #expect(throws: BundleError.self) { try plan { $0.variables = [name: "x"] } }
        #expect(error?.failure.code == "bundle-setting")
    }

    @Test func variablesThatAreTooLongAreAnError() throws {
        let plan = try plan { $0.variables = ["A": String(repeating: "x", count: 4096)] }
        #expect(plan.hasErrors)
        #expect(throws: BundleError.self) { try self.plan { $0.variables = ["A": "a\nb"] } }
    }
}
